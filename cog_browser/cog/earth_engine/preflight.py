# SPDX-License-Identifier: GPL-2.0-or-later
"""What Earth Engine would refuse or do badly, found before anybody asks it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from cog_browser.cog.earth_engine.manifest import Manifest, MissingData
from cog_browser.cog.earth_engine.source_image import SourceImage
from cog_browser.cog.rules.finding import ERROR, NOTE, WARNING, Finding

_GUIDE = "Earth Engine, external images"
#: The roles that readers of the asset need on the bucket → the permission that each gives.
READER_ROLES = {
    "roles/storage.legacyBucketReader": "storage.buckets.get",
    "roles/storage.legacyObjectReader": "storage.objects.get",
}

#: Asks a bucket for what headers can't tell; None where it could not be asked.
BucketCheck = Callable[[str], "Sequence[Finding] | None"]


@dataclass(frozen=True)
class Preflight:
    """``findings`` name their COG or bucket in ``where``.

    ``checklist`` is what nobody could check from here, for the user to look at.
    """

    findings: tuple[Finding, ...]
    checklist: tuple[str, ...] = ()

    @property
    def is_ready(self) -> bool:
        """Whether nothing is known that Earth Engine refuses."""
        return not any(finding.severity == ERROR for finding in self.findings)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "ready": self.is_ready,
            "findings": [asdict(finding) for finding in self.findings],
            "checklist": list(self.checklist),
        }


def preflight(
    images: Sequence[SourceImage], manifest: Manifest, check_bucket: BucketCheck | None = None
) -> Preflight:
    """Judge the COGs and what the manifest says of them. ``check_bucket`` may ask the network."""
    findings: list[Finding] = []
    for number, image in enumerate(images):
        findings += _of_file(image)
        findings += _of_image(image)
        findings += _of_manifest(image, str(number), manifest)
    findings += _of_all(images)
    checklist: list[str] = []
    for bucket in dict.fromkeys(image.uri.bucket for image in images):
        found = check_bucket(bucket) if check_bucket else None
        if found is None:
            checklist += bucket_checklist(bucket)
        else:
            findings += found
    order = (ERROR, WARNING, NOTE)
    return Preflight(
        tuple(sorted(findings, key=lambda finding: order.index(finding.severity))),
        tuple(checklist),
    )


def bucket_checklist(bucket: str) -> list[str]:
    """What to look at where the bucket can't be asked."""
    roles = " and ".join(f"{role} ({gives})" for role, gives in READER_ROLES.items())
    place = (
        f"The bucket “{bucket}” must lie in the multi-region US, in a dual-region that includes "
        "US-CENTRAL1, or in the region US-CENTRAL1."
    )
    kind = f"Its storage class must be Standard (gcloud storage buckets describe gs://{bucket})."
    readers = (
        f"Everybody who is to read the asset needs two roles on the bucket “{bucket}”: {roles}. "
        "Sharing the asset in Earth Engine doesn't give them."
    )
    return [place, kind, readers]


def _of_file(image: SourceImage) -> list[Finding]:
    """What the rules of the profile say, with the COG's name."""
    report = image.report
    found = (*report.errors, *report.warnings, *report.notes)
    return [replace(each, where=_where(image, each.where)) for each in found]


def _of_image(image: SourceImage) -> list[Finding]:
    found = []
    if not image.description.crs_wkt:
        found.append(
            _finding(
                "E-CRS",
                ERROR,
                "The COG has no coordinate reference system, so Earth Engine can't place it.",
                "Assign the right one (gdal_translate -a_srs), then convert and upload it again.",
                image,
            )
        )
    elif not image.description.corners:
        found.append(
            _finding(
                "E-PLACE",
                ERROR,
                "The COG doesn't say where it lies, by corner and pixel size.",
                "Warp the original (gdalwarp), then convert and upload it again.",
                image,
            )
        )
    unnamed = [str(band.number) for band in image.bands if not band.name]
    if unnamed:
        some = ", ".join(unnamed[:10]) + (", …" if unnamed[10:] else "")
        found.append(
            _finding(
                "E-NAMES",
                WARNING,
                f"Bands without a name in the file: {some}. Only the manifest says what they are.",
                "Check the ids of the bands, or name them in the file and convert it again.",
                image,
            )
        )
    if image.report.structure and image.report.structure.mask in ("mask", "alpha"):
        found.append(
            _finding(
                "E-MASK",
                WARNING,
                "A mask or alpha band hides pixels; Earth Engine's guide says nothing of these.",
                "Look at the asset; if it shows what should be hidden, use a nodata value instead.",
                image,
            )
        )
    pinned, current = image.uri.generation, image.current_generation
    if pinned and current and pinned != current:
        found.append(
            _finding(
                "E-GENERATION",
                ERROR,
                "The manifest pins a generation that is no longer the one in the bucket, so "
                "another was looked at here; unless the bucket keeps versions, Earth Engine fails "
                "to load it.",
                "Pin the new generation, or none.",
                image,
                expected=current,
                found=pinned,
            )
        )
    return found


def _of_manifest(image: SourceImage, tileset: str, manifest: Manifest) -> list[Finding]:
    """The file's nodata value against the manifest's."""
    own = image.nodata
    told: set[MissingData | None] = {
        band.missing_data if band.missing_data is not None else manifest.missing_data
        for band in manifest.bands
        if band.tileset_id == tileset
    }
    if not manifest.bands:
        told = {manifest.missing_data}
    if own is None or told <= {None}:
        return []
    others = [missing for missing in told if missing is not None and own not in missing.values]
    if not others or own != own:  # noqa: PLR0124 (NaN, which a manifest can't hold)
        return []
    said = ", ".join(str(value) for value in others[0].values) or "none"
    return [
        _finding(
            "E-NODATA",
            WARNING,
            "The manifest names other missing values than the file, whose own then are pixels.",
            f"Add {own:g} to the missing values, unless it is a measurement.",
            image,
            expected=f"{own:g}",
            found=said,
        )
    ]


def _of_all(images: Sequence[SourceImage]) -> list[Finding]:
    """COGs of one asset lie in one place."""
    first = images[0]
    found = []
    for image in images[1:]:
        structures = [each.report.structure for each in (first, image)]
        crs = [each.crs.name if each and each.crs else "" for each in structures]
        if crs[0] != crs[1]:
            found.append(
                _finding(
                    "E-SAME-CRS",
                    WARNING,
                    f"The COG has another coordinate reference system than {first.uri}.",
                    "Warp one of them (gdalwarp), unless that is meant.",
                    image,
                    expected=crs[0] or "none",
                    found=crs[1] or "none",
                )
            )
        elif _differ(first, image):
            found.append(
                _finding(
                    "E-SAME-PLACE",
                    WARNING,
                    f"The COG covers another area than {first.uri}.",
                    "Where a band has no pixels, the asset has none there; check that it is meant.",
                    image,
                    expected=_box(first),
                    found=_box(image),
                )
            )
    return found


def _differ(one: SourceImage, other: SourceImage) -> bool:
    """By more than a pixel of the coarser."""
    a, b = one.report.structure, other.report.structure
    if not a or not b or not a.bbox or not b.bbox or not a.pixel_size or not b.pixel_size:
        return False
    most = max(*a.pixel_size, *b.pixel_size)
    return any(abs(x - y) > most for x, y in zip(a.bbox, b.bbox))


def _box(image: SourceImage) -> str:
    return ", ".join(f"{number:.10g}" for number in image.bbox or ())


def _finding(
    name: str,
    severity: str,
    message: str,
    remedy: str,
    image: SourceImage,
    expected: str | None = None,
    found: str | None = None,
) -> Finding:
    return Finding(
        name, severity, message, remedy, expected, found, where=_where(image), source=_GUIDE
    )


def _where(image: SourceImage, inside: str = "") -> str:
    return f"{image.uri}: {inside}" if inside else str(image.uri)
