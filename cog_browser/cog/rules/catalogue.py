# SPDX-License-Identifier: GPL-2.0-or-later
"""All rules, and the verdict of a profile: which of them a file breaks, and how bad that is.

Add a rule to the module of its group and to that module's ``RULES``; ``docs/validate.md`` is
generated from here.
"""

from __future__ import annotations

from collections.abc import Iterable

from cog_browser.cog.rules import content as rules_content
from cog_browser.cog.rules import earth_engine as rules_earth_engine
from cog_browser.cog.rules import ghost as rules_ghost
from cog_browser.cog.rules import layout as rules_layout
from cog_browser.cog.rules import ogc as rules_ogc
from cog_browser.cog.rules import overviews as rules_overviews
from cog_browser.cog.rules import tiff_integrity as rules_tiff
from cog_browser.cog.rules import tms as rules_tms
from cog_browser.cog.rules.cog_file import CogFile
from cog_browser.cog.rules.finding import ERROR, Finding
from cog_browser.cog.rules.rule import OGC_CLASSES, Breach, Rule

#: Group -> its rules, in the order in which findings are shown.
GROUPS: dict[str, tuple[Rule, ...]] = {
    "TIFF and BigTIFF": rules_tiff.RULES,
    "OGC 21-026: format and keys": rules_ogc.RULES,
    "OGC 21-026: overviews and sizes": rules_overviews.RULES,
    "Layout": rules_layout.RULES,
    "Ghost area": rules_ghost.RULES,
    "Content": rules_content.RULES,
    "Earth Engine": rules_earth_engine.RULES,
    "Tiles of web maps": rules_tms.RULES,
}

RULES: dict[str, Rule] = {rule.id: rule for rules in GROUPS.values() for rule in rules}

_MOST_PER_RULE = 5

Breaches = dict[str, list[Breach]]


def apply_rules(file: CogFile) -> Breaches:
    """The rules that the file breaks, by id. A file that is no TIFF breaks only `T-HEAD`."""
    names: Iterable[str] = RULES if file.tiff.is_tiff and file.ifds else ("T-HEAD", "T-CHAIN")
    found = {name: list(RULES[name].check(file)) for name in names}
    return {name: breaches for name, breaches in found.items() if breaches}


def findings(broken: Breaches, profile: str) -> list[Finding]:
    """What the profile thinks of it; of many breaches of one rule the first few, and a count."""
    made: list[Finding] = []
    for name, breaches in broken.items():
        severity = RULES[name].severities[profile]
        if severity is None:
            continue
        made += [RULES[name].finding(breach, severity) for breach in breaches[:_MOST_PER_RULE]]
        more = len(breaches) - _MOST_PER_RULE
        if more > 0:
            made.append(RULES[name].finding(Breach(f"The same in {more} other places."), severity))
    return made


def is_valid(broken: Breaches, profile: str) -> bool:
    """Whether none of them is an error."""
    return all(RULES[name].severities[profile] != ERROR for name in broken)


def classes_met(broken: Breaches) -> tuple[str, ...]:
    """The requirements classes of OGC 21-026 that a sound TIFF meets, in the standard's order."""
    if any(RULES[name] in rules_tiff.RULES and _is_error(name) for name in broken):
        return ()
    missed = {RULES[name].ogc_class for name in broken}
    met: list[str] = []
    for name, needed in OGC_CLASSES.items():
        if name not in missed and set(needed) <= set(met):
            met.append(name)
    return tuple(met)


def _is_error(name: str) -> bool:
    return RULES[name].severities["cog"] == ERROR
