# SPDX-License-Identifier: GPL-2.0-or-later
"""Shows a server's certificate, and lets the user trust it."""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QFontDatabase
from qgis.PyQt.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QWidget

from cog_browser.adapters.i18n import tr
from cog_browser.gui.accounts.form_fields import note_label, paint_as
from cog_browser.gui.help import add_help
from cog_browser.gui.text import one_line
from cog_browser.storage.certificates import ServerCertificate


class CertificateDialog(QDialog):
    """Emits `trusted` when the user says that this is the server's own certificate."""

    trusted = pyqtSignal(object)  # ServerCertificate

    def __init__(self, certificate: ServerCertificate, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("CogBrowserCertificateDialog")
        self.setWindowTitle(tr("Certificate of {host}").format(host=one_line(certificate.host)))
        self._certificate = certificate
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        add_help(self.buttons)
        self.trust_button = self.buttons.addButton(
            tr("Trust this certificate"), QDialogButtonBox.ButtonRole.ActionRole
        )
        self.trust_button.setAutoDefault(False)
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setDefault(True)
        form = QFormLayout(self)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        rows = (
            (tr("Server"), certificate.host),
            (tr("Issued to"), certificate.subject),
            (tr("For"), ", ".join(certificate.names)),
            (tr("Issued by"), certificate.issuer),
            (tr("Valid from"), certificate.valid_from),
            (tr("Valid until"), certificate.valid_until),
        )
        for label, text in rows:
            if text:
                form.addRow(label, self._value(text))
        self.fingerprint = self._value(_in_two_lines(certificate.fingerprint))
        self.fingerprint.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        form.addRow(tr("SHA-256"), self.fingerprint)
        self.advice = note_label(self)
        if certificate.problem:
            self.advice.setText(certificate.problem)
            paint_as(self.advice, "bad")
            self.trust_button.setEnabled(False)
        else:
            self.advice.setText(
                tr(
                    "Ask your provider for the fingerprint, e.g. by phone, and trust the "
                    "certificate only if both are the same. This connection then accepts it, for "
                    "this host name and until it ends."
                )
            )
        form.addRow(self.advice)
        form.addRow(self.buttons)
        self.trust_button.clicked.connect(lambda _checked=False: self._trust())
        self.buttons.rejected.connect(self.reject)
        self.resize(560, max(form.heightForWidth(560), self.sizeHint().height()))

    def _trust(self) -> None:
        self.accept()
        self.trusted.emit(self._certificate)

    def _value(self, text: str) -> QWidget:
        label = note_label(self, "\n".join(one_line(line) for line in text.split("\n")))
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label


def _in_two_lines(fingerprint: str) -> str:
    middle = len(fingerprint) // 2 + 1
    return f"{fingerprint[:middle].rstrip(':')}\n{fingerprint[middle:]}"
