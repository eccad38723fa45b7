"""Reads layers of an OGC API with QGIS and tells what it has seen.

In:  {"layers": [{"address", "collection", "by_view"?, "subset"?, "expression"?, "rectangle"?}]}
Out: {"version", "layers": [{"valid", "error", "crs", "count", "fields", "extent", "features"}]}
"""

from headless import features_layer, run
from qgis.core import NULL, QgsFeatureRequest, QgsRectangle
from qgis.PyQt.QtCore import QDate, QDateTime, Qt


def plain(value):
    if value == NULL:
        return None
    if isinstance(value, (QDate, QDateTime)):
        return value.toString(Qt.ISODate)
    return value


def seen(question: dict) -> dict:
    layer = features_layer(question)
    if not layer.isValid():
        return {"valid": False, "error": layer.error().message()}
    if "subset" in question and not layer.setSubsetString(question["subset"]):
        return {"valid": False, "error": f"refused: {question['subset']}"}
    request = QgsFeatureRequest()
    if "expression" in question:
        request.setFilterExpression(question["expression"])
    if "rectangle" in question:
        request.setFilterRect(QgsRectangle(*question["rectangle"]))
    first = layer.extent()
    names = [field.name() for field in layer.fields()]
    features = [
        {
            "attributes": dict(zip(names, map(plain, feature.attributes()))),
            "wkb": bytes(feature.geometry().asWkb()).hex() if feature.hasGeometry() else None,
        }
        for feature in layer.getFeatures(request)
    ]
    return {
        "valid": True,
        "error": layer.error().message(),
        "crs": layer.crs().authid(),
        "count": layer.featureCount(),
        "fields": {field.name(): field.typeName() for field in layer.fields()},
        "extent": [first.xMinimum(), first.yMinimum(), first.xMaximum(), first.yMaximum()],
        "features": features,
    }


run(lambda question: {"layers": [seen(one) for one in question["layers"]]})
