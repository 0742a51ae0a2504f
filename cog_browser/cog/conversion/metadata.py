# SPDX-License-Identifier: GPL-2.0-or-later
"""A raster's metadata: what must not travel into a copy, and what others have added."""

from __future__ import annotations

from typing import Any

from osgeo import gdal

from cog_browser.cog.conversion.profiles import bands_of

_STATISTICS = "STATISTICS_"
_OWN_DOMAINS = {
    "", "IMAGE_STRUCTURE", "DERIVED_SUBDATASETS", "SUBDATASETS", "RPC", "TIFF", "COLOR_PROFILE",
    "TILING_SCHEME", "LocationInfo", "Overviews", "OVERVIEWS", "xml:VRT", "vrt_sources",
}  # fmt: skip
"""What GDAL itself makes up, or what is compared by other means."""


def domains_of(thing: Any) -> dict[str, Any]:
    """The metadata domains of a dataset or band that a program or a person has added."""
    found = {}
    for domain in thing.GetMetadataDomainList() or ():
        if domain not in _OWN_DOMAINS:
            is_text = domain.startswith(("xml:", "json:"))
            content = thing.GetMetadata_List(domain) if is_text else thing.GetMetadata_Dict(domain)
            if content:
                found[domain] = list(content) if is_text else dict(content)
    return found


def has_domains(dataset: Any) -> bool:
    """Whether the dataset or a band has such a domain."""
    return any(domains_of(thing) for thing in (dataset, *bands_of(dataset)))


def without_stale_statistics(dataset: Any, pixels_change: bool) -> Any:
    """The dataset, or a view of it that lacks the statistics which the copy must not claim.

    QGIS and others save estimates from a sample of the pixels beside a raster; exact ones are
    kept unless the pixels change.
    """
    stale = [
        number
        for number, band in enumerate(bands_of(dataset), 1)
        if band.GetMetadataItem("STATISTICS_APPROXIMATE") == "YES"
        or (pixels_change and _statistics(band))
    ]
    if not stale:
        return dataset
    view = vrt_of(dataset)
    for number in stale:
        band = view.GetRasterBand(number)
        for key in _statistics(band):
            band.SetMetadataItem(key, None)
    return view


def vrt_of(dataset: Any) -> Any:
    """A view of the dataset that may be described otherwise."""
    view = gdal.GetDriverByName("VRT").CreateCopy("", dataset)
    _copy_domains(dataset, view)
    return view


def _statistics(band: Any) -> list[str]:
    return [key for key in band.GetMetadata() or {} if key.startswith(_STATISTICS)]


def copy_description(source: Any, target: Any) -> None:
    """Give another dataset, of the same bands, all that describes the source."""
    transform = source.GetGeoTransform(can_return_null=True)
    if source.GetSpatialRef() is not None:
        target.SetSpatialRef(source.GetSpatialRef())
    if transform is not None:
        target.SetGeoTransform(transform)
    if source.GetGCPCount():
        target.SetGCPs(source.GetGCPs(), source.GetGCPSpatialRef())
    target.SetMetadata(source.GetMetadata() or {})
    if source.GetMetadata("RPC"):
        target.SetMetadata(source.GetMetadata("RPC"), "RPC")
    for one, other in zip(bands_of(source), bands_of(target)):
        _describe_band(one, other)
    _copy_domains(source, target)


def _describe_band(one: Any, other: Any) -> None:
    other.SetMetadata(one.GetMetadata() or {})
    other.SetDescription(one.GetDescription())
    other.SetColorInterpretation(one.GetColorInterpretation())
    if one.GetColorTable() is not None:
        other.SetColorTable(one.GetColorTable())
    if one.GetCategoryNames():
        other.SetCategoryNames(one.GetCategoryNames())
    if one.GetDefaultRAT() is not None:
        other.SetDefaultRAT(one.GetDefaultRAT())
    if one.GetNoDataValue() is not None:
        other.SetNoDataValue(one.GetNoDataValue())
    if one.GetScale() is not None:
        other.SetScale(one.GetScale())
    if one.GetOffset() is not None:
        other.SetOffset(one.GetOffset())
    other.SetUnitType(one.GetUnitType())


def _copy_domains(source: Any, target: Any) -> None:
    pairs = zip((source, *bands_of(source)), (target, *bands_of(target)))
    for one, other in pairs:
        for domain, content in domains_of(one).items():
            other.SetMetadata(content, domain)
