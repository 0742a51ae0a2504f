# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the table of rules in docs/validate.md anew.

python -m scripts.rule_table
"""

from __future__ import annotations

import re
from pathlib import Path

from cog_browser.cog.rules.catalogue import GROUPS
from cog_browser.cog.rules.rule import PROFILES

PAGE = Path(__file__).resolve().parents[1] / "docs" / "validate.md"
_BEGIN, _END = "<!-- rules -->\n", "<!-- end of rules -->\n"


def table() -> str:
    """One table per group of rules."""
    lines = []
    for group, rules in GROUPS.items():
        lines += [
            f"### {group}\n\n",
            f"| id | the rule | {' | '.join(PROFILES)} | source |\n",
            f"|---|---|{'---|' * len(PROFILES)}---|\n",
        ]
        for rule in rules:
            levels = " | ".join(rule.severities[profile] or "–" for profile in PROFILES)
            text = rule.requirement + (f" *{rule.dispute}*" if rule.dispute else "")
            lines.append(f"| {rule.id} | {text} | {levels} | {rule.source} |\n")
        lines.append("\n")
    return "".join(lines)


def main() -> None:
    text = PAGE.read_text(encoding="utf-8")
    pattern = re.compile(re.escape(_BEGIN) + ".*?" + re.escape(_END), re.DOTALL)
    PAGE.write_text(pattern.sub(lambda _: _BEGIN + table() + _END, text), encoding="utf-8")


if __name__ == "__main__":
    main()
