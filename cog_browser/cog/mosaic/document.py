# SPDX-License-Identifier: GPL-2.0-or-later
"""The virtual raster (VRT) of a plan, as text: what a layer's source and a project file hold.

Sizes, types and blocks of all objects stand in it, so GDAL opens it without opening any of them,
and an object only when a pixel of it is wanted, with its overviews where these are enough.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape

from cog_browser.cog.description import Band
from cog_browser.cog.mosaic.plan import Part, Plan, PlannedBand

_DOMAIN = "cog_browser"
_BEGIN = "<VRTDataset "
_NAMED = re.compile(r'(<SourceFilename relativeToVRT="0">)([^<>]*)(</SourceFilename>)')
_ANY_NAME = re.compile("<SourceFilename")
#: What begins as no tag of ours. GDAL heeds no case, takes attributes for elements, and knows more
#: elements that name files than could be listed.
_ALIEN = re.compile(
    r"<(?!/|(?:VRTDataset|SRS|GeoTransform|Metadata|MDI|VRTRasterBand|Description|UnitType|Offset|"
    r"Scale|NoDataValue|ColorInterp|ColorTable|Entry|SimpleSource|ComplexSource|SourceFilename|"
    r"SourceBand|SourceProperties|SrcRect|DstRect|NODATA|UseMaskBand|MaskBand|OverviewList)"
    rf'(?: domain="{_DOMAIN}"| (?:[rR]asterXSize|[rR]asterYSize|[dD]ataType|[bB]lockXSize|'
    r'[bB]lockYSize|band|key|relativeToVRT|[xy]Off|[xy]Size|c[1-4]|resampling)="[^"<>]*")*/?>)'
)
_KIND = re.compile(rf'<Metadata domain="{_DOMAIN}"><MDI key="kind">(mosaic|stack)</MDI>')
_ETAG = re.compile(r'<MDI key="etag_(\d+)">([^<>]*)</MDI>')
_BANDS = re.compile(r"<VRTRasterBand .*?</VRTRasterBand>", re.DOTALL)
_SOURCE_BAND = re.compile(r"<SourceBand>(\d+)</SourceBand>")
_MASK = re.compile(
    r'<SourceFilename relativeToVRT="0">([^<>]*)</SourceFilename><SourceBand>mask,1<'
)
_MASKED = re.compile(
    r'<ComplexSource><SourceFilename relativeToVRT="0">([^<>]*)</SourceFilename>'
    r"(?:(?!</ComplexSource>).)*?<UseMaskBand>"
)
_LEAST = 256  # pixels of the coarsest overview's longer side, at least


@dataclass(frozen=True)
class NamedObject:
    """An object that a document names, and the ETag it had."""

    source: str
    etag: str


def document(plan: Plan) -> str:
    """The VRT, on one line. It names the pieces' ``source``."""
    pieces = list(dict.fromkeys(part.piece for band in plan.bands for part in band.parts))
    kind = "stack" if plan.is_stack else "mosaic"
    etags = "".join(
        f'<MDI key="etag_{number}">{_text(piece.etag)}</MDI>' for number, piece in enumerate(pieces)
    )
    factors = " ".join(map(str, _factors(max(plan.width, plan.height))))
    return "".join(
        (
            f'{_BEGIN}rasterXSize="{plan.width}" rasterYSize="{plan.height}">',
            f"<SRS>{_text(_one_line(plan.crs_wkt))}</SRS>",
            f"<GeoTransform>{', '.join(map(repr, plan.transform))}</GeoTransform>",
            f'<Metadata domain="{_DOMAIN}"><MDI key="kind">{kind}</MDI>{etags}</Metadata>',
            *(_band(number, band, plan.is_stack) for number, band in enumerate(plan.bands, 1)),
            _mask(plan),
            f'<OverviewList resampling="nearest">{factors}</OverviewList>' if factors else "",
            "</VRTDataset>",
        )
    )


def is_document(source: str) -> bool:
    """Whether a layer's source is a document of ours, that names objects and nothing else."""
    return (
        source.startswith(_BEGIN)
        and _KIND.search(source) is not None
        and _ALIEN.search(source) is None
        and len(_NAMED.findall(source)) == len(_ANY_NAME.findall(source)) > 0
    )


def is_stack(text: str) -> bool:
    """Whether the bands of a document are bands of different objects."""
    found = _KIND.search(text)
    return found is not None and found[1] == "stack"


@lru_cache(maxsize=16)
def objects_of(text: str) -> tuple[NamedObject, ...]:
    """The objects of a document in its order, each once."""
    etags = {int(number): unescape(etag) for number, etag in _ETAG.findall(text)}
    names = dict.fromkeys(unescape(name) for _, name, _ in _NAMED.findall(text))
    return tuple(NamedObject(name, etags.get(number, "")) for number, name in enumerate(names))


def masked_objects(text: str) -> frozenset[str]:
    """The objects whose masks or alpha bands are read with their pixels."""
    pattern = _MASK if is_stack(text) else _MASKED
    return frozenset(unescape(name) for name in pattern.findall(text))


def bands_of_stack(text: str) -> list[tuple[str, int]]:
    """The object and its band behind each band of a document."""
    found = []
    for band in _BANDS.findall(text):
        name, number = _NAMED.search(band), _SOURCE_BAND.search(band)
        if name is not None and number is not None:  # else it is the mask
            found.append((unescape(name[2]), int(number[1])))
    return found


def with_sources(text: str, named: Callable[[str], str]) -> str:
    """The document with other names for its objects."""
    known: dict[str, str] = {}  # each is named once for a band

    def replaced(match: re.Match[str]) -> str:
        name = match[2]
        if name not in known:
            known[name] = _text(named(unescape(name)))
        return f"{match[1]}{known[name]}{match[3]}"

    return _NAMED.sub(replaced, text)


def _band(number: int, planned: PlannedBand, is_alone: bool) -> str:
    band, block = planned.band, planned.parts[0].piece.block
    said = [
        f"<Description>{_text(band.name)}</Description>" if band.name else "",
        f"<UnitType>{_text(band.unit)}</UnitType>" if band.unit else "",
        f"<Offset>{band.offset!r}</Offset>" if band.offset is not None else "",
        f"<Scale>{band.scale!r}</Scale>" if band.scale is not None else "",
        f"<NoDataValue>{band.nodata!r}</NoDataValue>" if band.nodata is not None else "",
        f"<ColorInterp>{band.colour}</ColorInterp>" if band.colour else "",
        _palette(band),
    ]
    parts = (
        _part(part, str(part.band), "" if is_alone else _choice(part, band))
        for part in planned.parts
    )
    size = f'blockXSize="{block[0]}" blockYSize="{block[1]}"'
    return (
        f'<VRTRasterBand dataType="{band.dtype}" band="{number}" {size}>'
        f"{''.join(said)}{''.join(parts)}</VRTRasterBand>"
    )


def _choice(part: Part, band: Band) -> str:
    """Which pixels of a part don't hide what lies below; empty where all do.

    GDAL heeds one of these only.
    """
    if band.colour == "Alpha":
        return "<NODATA>0</NODATA>"
    if band.nodata is not None:
        return f"<NODATA>{band.nodata!r}</NODATA>"
    return "<UseMaskBand>true</UseMaskBand>" if part.piece.mask in ("mask", "alpha") else ""


def _part(part: Part, band: str, choice: str, dtype: str = "") -> str:
    piece, (x, y, width, height) = part.piece, part.place
    kind = "ComplexSource" if choice else "SimpleSource"
    dtype = dtype or piece.bands[part.band - 1].dtype
    return (
        f'<{kind}><SourceFilename relativeToVRT="0">{_text(piece.source)}</SourceFilename>'
        f"<SourceBand>{band}</SourceBand>"
        f'<SourceProperties RasterXSize="{piece.width}" RasterYSize="{piece.height}" '
        f'DataType="{dtype}" BlockXSize="{piece.block[0]}" BlockYSize="{piece.block[1]}"/>'
        f'<SrcRect xOff="0" yOff="0" xSize="{piece.width}" ySize="{piece.height}"/>'
        f'<DstRect xOff="{x}" yOff="{y}" xSize="{width}" ySize="{height}"/>'
        f"{choice}</{kind}>"
    )


def _mask(plan: Plan) -> str:
    """255 where a piece has a pixel: GDAL takes 0 for what no piece covers.

    For a stack, the later ones only take away.
    """
    if not plan.mask:
        return ""
    parts = "".join(
        _part(p, "mask,1", f"<NODATA>{255 if i and plan.is_stack else 0}</NODATA>", "Byte")
        for i, p in enumerate(plan.mask)
    )
    return f'<MaskBand><VRTRasterBand dataType="Byte">{parts}</VRTRasterBand></MaskBand>'


def _palette(band: Band) -> str:
    entries = "".join(
        f'<Entry c1="{c[0]}" c2="{c[1]}" c3="{c[2]}" c4="{c[3]}"/>' for c in band.palette
    )
    return f"<ColorTable>{entries}</ColorTable>" if entries else ""


def _factors(longest: int) -> list[int]:
    """2, 4, 8… These overviews hold nothing: GDAL reads those of the objects for them."""
    found, factor = [], 2
    while longest // factor >= _LEAST:
        found.append(factor)
        factor *= 2
    return found


def _one_line(wkt: str) -> str:
    return re.sub(r"\s*\n\s*", "", wkt)


def _text(value: str) -> str:
    """As the text of an element; what XML has no place for becomes a replacement character."""
    return escape(re.sub(r"[\x00-\x1f\ufffe\uffff]", "\ufffd", value), quote=False)
