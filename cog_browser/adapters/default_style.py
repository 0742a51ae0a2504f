# SPDX-License-Identifier: GPL-2.0-or-later
"""The first style of a layer: what QGIS would choose, without what QGIS would read for it.

QGIS computes its stretch while it opens a raster, on the pixels and before anyone can say which.
"""

from __future__ import annotations

from collections.abc import Sequence

from qgis.core import (
    Qgis,
    QgsContrastEnhancement,
    QgsDataProvider,
    QgsMultiBandColorRenderer,
    QgsPalettedRasterRenderer,
    QgsRasterDataProvider,
    QgsRasterLayer,
    QgsRasterMinMaxOrigin,
    QgsRasterRenderer,
    QgsSettings,
    QgsSingleBandColorDataRenderer,
    QgsSingleBandGrayRenderer,
)

from cog_browser.cog.natural_colours import measuring_bands, natural_colours
from cog_browser.cog.value_range import Range, Sample, stored_statistics

#: A raster of one pixel, from which a layer takes QGIS's settings other than the stretch.
_ONE_PIXEL = (
    '<VRTDataset rasterXSize="1" rasterYSize="1"><GeoTransform>0,1,0,0,0,-1</GeoTransform>'
    '<VRTRasterBand dataType="Byte" band="1"/></VRTDataset>'
)
#: Algorithm and limits for each sort of raster, by the names that they have in QGIS's options,
#: where the user has set nothing. QGIS's own for a single band is minimum and maximum: then one
#: bright pixel makes a scene black.
_DEFAULTS = {
    "singleBand": ("StretchToMinimumMaximum", "CumulativeCut"),
    "multiBandSingleByte": ("NoEnhancement", "MinMax"),
    "multiBandMultiByte": ("StretchToMinimumMaximum", "CumulativeCut"),
}
#: Standard deviations that stand for the cut where the file has statistics.
_DEVIATIONS = 2.0
_BYTES = (Qgis.DataType.Byte, Qgis.DataType.Int8)


def open_without_style(
    source: str, name: str, options: QgsRasterLayer.LayerOptions
) -> QgsRasterLayer:
    """A layer of which only the header was read. It may be invalid.

    ``loadDefaultStyle`` doesn't keep QGIS from computing a stretch; a style that is there does.
    """
    layer = QgsRasterLayer(_ONE_PIXEL, name, "gdal", options)
    layer.setDataSource(source, name, "gdal", QgsDataProvider.ProviderOptions(), False)
    return layer


def apply_default_style(
    layer: QgsRasterLayer, bands: Sequence[int] = (), samples: Sequence[str] = ()
) -> None:
    """Choose renderer and stretch, from the file's statistics or its coarsest overview.

    ``bands`` (numbers from 1) are those for red, green and blue, or one that is shown in grey.
    ``samples`` are what to measure instead of the layer's source. Thread: any but main; reads.
    Raises `RasterError`.
    """
    provider = layer.dataProvider()
    renderer = _renderer(layer, provider, bands)
    if isinstance(renderer, (QgsSingleBandGrayRenderer, QgsMultiBandColorRenderer)):
        _stretch(renderer, provider, samples or (layer.source(),))
    layer.setRenderer(renderer)


def _renderer(
    layer: QgsRasterLayer, provider: QgsRasterDataProvider, bands: Sequence[int]
) -> QgsRasterRenderer:
    """As QGIS's registry of renderers makes it, which only the main thread may ask."""
    meaning = {  # the first band of each
        provider.colorInterpretation(band): band for band in range(provider.bandCount(), 0, -1)
    }
    renderer: QgsRasterRenderer
    if len(bands) == 3:
        renderer = QgsMultiBandColorRenderer(provider, *bands)
    elif bands:
        renderer = QgsSingleBandGrayRenderer(provider, bands[0])
    elif layer.rasterType() == Qgis.RasterLayerType.MultiBand:
        renderer = QgsMultiBandColorRenderer(provider, *_color_bands(meaning, provider))
    elif layer.rasterType() == Qgis.RasterLayerType.Palette:
        classes = QgsPalettedRasterRenderer.colorTableToClassData(provider.colorTable(1))
        renderer = QgsPalettedRasterRenderer(provider, 1, classes)
    elif layer.rasterType() == Qgis.RasterLayerType.SingleBandColorData:
        renderer = QgsSingleBandColorDataRenderer(provider, 1)
    else:
        renderer = QgsSingleBandGrayRenderer(provider, 1)
    alpha = meaning.get(Qgis.RasterColorInterpretation.AlphaBand)
    if alpha is not None and alpha not in measuring_bands(_names(provider)):
        renderer.setAlphaBand(alpha)
    return renderer


def _names(provider: QgsRasterDataProvider) -> list[str]:
    return [provider.bandDescription(band) for band in range(1, provider.bandCount() + 1)]


def _color_bands(
    meaning: dict[Qgis.RasterColorInterpretation, int], provider: QgsRasterDataProvider
) -> list[int]:
    """The bands for red, green and blue: what the file says, or else as QGIS's options say.

    Names come first: GDAL itself calls the first three bands of bytes red, green and blue.
    """
    count = provider.bandCount()
    named = natural_colours(_names(provider))
    if named is not None:
        return list(named)
    color = Qgis.RasterColorInterpretation
    said = [meaning.get(one) for one in (color.RedBand, color.GreenBand, color.BlueBand)]
    if all(said):
        return [band for band in said if band is not None]
    names = ("Red", "Green", "Blue")
    chosen = [
        QgsSettings().value(f"Raster/default{name}Band", number, type=int)
        for number, name in enumerate(names, 1)
    ]
    alpha = meaning.get(color.AlphaBand)  # also what QGIS makes of a mask
    return [band if 0 < band <= count and band != alpha else -1 for band in chosen]


def _stretch(
    renderer: QgsSingleBandGrayRenderer | QgsMultiBandColorRenderer,
    provider: QgsRasterDataProvider,
    sources: Sequence[str],
) -> None:
    bands = [band for band in renderer.usesBands() if band != renderer.alphaBand()]
    kind = "singleBand"
    if isinstance(renderer, QgsMultiBandColorRenderer):
        is_byte = provider.dataType(bands[0]) in _BYTES
        kind = "multiBandSingleByte" if is_byte else "multiBandMultiByte"
    algorithm, origin, is_chosen = _wishes(kind)
    renderer.setMinMaxOrigin(origin)
    no_stretch = QgsContrastEnhancement.ContrastEnhancementAlgorithm.NoEnhancement
    if algorithm == no_stretch or origin.limits() == QgsRasterMinMaxOrigin.limitsFromString("None"):
        return
    ranges = _joint([_ranges(origin, is_chosen, source, bands) for source in sources])
    renderer.setMinMaxOrigin(origin)

    def enhancement(band: int) -> QgsContrastEnhancement | None:
        if ranges.get(band) is None:
            return None  # no pixel is valid, or the band isn't used
        scale, offset = provider.bandScale(band), provider.bandOffset(band)
        low, high = sorted(value * scale + offset for value in ranges[band])
        made = QgsContrastEnhancement(provider.dataType(band))
        made.setMinimumValue(low, False)
        made.setMaximumValue(high if high > low else low + 1, False)
        made.setContrastEnhancementAlgorithm(algorithm, True)
        return made

    if isinstance(renderer, QgsSingleBandGrayRenderer):
        renderer.setContrastEnhancement(enhancement(bands[0]))
    else:
        renderer.setRedContrastEnhancement(enhancement(renderer.redBand()))
        renderer.setGreenContrastEnhancement(enhancement(renderer.greenBand()))
        renderer.setBlueContrastEnhancement(enhancement(renderer.blueBand()))


def _joint(found: Sequence[dict[int, Range | None]]) -> dict[int, Range | None]:
    """The range of each band that holds those of all sources; None where no pixel is valid."""
    joint: dict[int, Range | None] = {}
    for band in found[0]:
        known = [limits for one in found if (limits := one[band]) is not None]
        joint[band] = (min(a for a, _ in known), max(b for _, b in known)) if known else None
    return joint


def _wishes(
    kind: str,
) -> tuple[QgsContrastEnhancement.ContrastEnhancementAlgorithm, QgsRasterMinMaxOrigin, bool]:
    """The stretch that QGIS's options ask for, and whether the user has chosen its limits."""
    settings, key = QgsSettings(), f"Raster/defaultContrastEnhancementLimits/{kind}"
    algorithm, limits = _DEFAULTS[kind]
    algorithm = settings.value(f"Raster/defaultContrastEnhancementAlgorithm/{kind}", algorithm)
    origin = QgsRasterMinMaxOrigin()  # with the user's fractions for the cut
    origin.setLimits(QgsRasterMinMaxOrigin.limitsFromString(settings.value(key, limits)))
    chosen = QgsContrastEnhancement.contrastEnhancementAlgorithmFromString(algorithm)
    return chosen, origin, settings.contains(key)


def _ranges(
    origin: QgsRasterMinMaxOrigin, is_chosen: bool, source: str, bands: list[int]
) -> dict[int, Range | None]:
    """The range of each band. ``origin`` is changed to what was used instead of it."""
    limits, kinds = origin.limits(), QgsRasterMinMaxOrigin.Limits
    stored = stored_statistics(source, bands)
    if stored is not None and limits == kinds.CumulativeCut and not is_chosen:
        limits = kinds.StdDev
        origin.setLimits(limits)
        origin.setStdDevFactor(_DEVIATIONS)
    factor = origin.stdDevFactor()
    if stored is not None and limits != kinds.CumulativeCut:
        return {
            band: known.spread(factor) if limits == kinds.StdDev else (known.minimum, known.maximum)
            for band, known in zip(bands, stored)
        }
    sample = Sample(source, bands)
    found: dict[int, Range | None] = {}
    for band in bands:
        if limits == kinds.CumulativeCut:
            cut = sample.cut(band, origin.cumulativeCutLower(), origin.cumulativeCutUpper())
            # Where nearly all values are the same, the others are what there is to see.
            found[band] = cut if cut is None or cut[0] < cut[1] else sample.range(band)
        elif limits == kinds.StdDev:
            found[band] = sample.spread(band, factor)
        else:
            found[band] = sample.range(band)
    return found
