"""Draws layers of a server with QGIS into a picture.

In:  {"crs", "extent": [x0, y0, x1, y1], "size": [w, h], "picture": "….png", "raw": "….ppm", "layers": [
      {"kind": "features", "address", "collection", "colour"} | {"kind": "tiles", "url", "zmin", "zmax", "colour"}]}
Out: {"version", "valid": [bool, …], "errors": [str, …]}; the first layer is drawn on top.
"""

from urllib.parse import quote

from headless import features_layer, run
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFillSymbol,
    QgsLineSymbol,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsMarkerSymbol,
    QgsRectangle,
    QgsSingleSymbolRenderer,
    QgsVectorTileBasicRenderer,
    QgsVectorTileLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor


def features(question: dict):
    layer = features_layer(question | {"by_view": True})
    colour = question["colour"]
    match_kind = {
        QgsWkbTypes.PointGeometry: lambda: QgsMarkerSymbol.createSimple(
            {"color": colour, "size": "2.4", "outline_color": "#333333"}
        ),
        QgsWkbTypes.LineGeometry: lambda: QgsLineSymbol.createSimple({"color": colour, "width": "0.6"}),
    }
    fill = lambda: QgsFillSymbol.createSimple({"color": colour, "outline_color": "#333333", "outline_width": "0.2"})  # noqa: E731
    layer.setRenderer(QgsSingleSymbolRenderer(match_kind.get(layer.geometryType(), fill)()))
    return layer


def tiles(question: dict):
    uri = f"type=xyz&url={quote(question['url'], safe=':/{}')}&zmin={question['zmin']}&zmax={question['zmax']}"
    layer = QgsVectorTileLayer(uri, "tiles")
    fill, line = QColor(question["colour"]), QColor("#333333")
    layer.setRenderer(QgsVectorTileBasicRenderer())
    layer.renderer().setStyles(QgsVectorTileBasicRenderer.simpleStyle(fill, line, 0.2, fill, 0.6, fill, line, 2.4))
    return layer


def drawn(question: dict) -> dict:
    layers = [{"features": features, "tiles": tiles}[one["kind"]](one) for one in question["layers"]]
    settings = QgsMapSettings()
    settings.setDestinationCrs(QgsCoordinateReferenceSystem(question["crs"]))
    settings.setExtent(QgsRectangle(*question["extent"]))
    settings.setOutputSize(QSize(*question["size"]))
    settings.setBackgroundColor(QColor("#ffffff"))
    settings.setLayers(layers)
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    assert image.save(question["picture"]) and image.save(question["raw"])
    return {"valid": [layer.isValid() for layer in layers], "errors": [one.message for one in job.errors()]}


run(drawn)
