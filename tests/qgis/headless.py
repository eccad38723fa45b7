"""QGIS without a window, for the scripts of this folder. They run under Debian's Python, which has `qgis.core`.

A script reads a JSON document from its standard input and writes one to its standard output.
"""

import json
import os
import sys
import tempfile
from collections.abc import Callable

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from qgis.core import Qgis, QgsApplication, QgsVectorLayer  # noqa: E402  the platform is chosen before Qt starts


def run(answer: Callable[[dict], dict]) -> None:
    """Answers one question with QGIS started, its settings and caches in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="qgis-") as folder:
        os.environ["QGIS_CUSTOM_CONFIG_PATH"] = folder
        application = QgsApplication([], False)
        application.initQgis()
        try:
            json.dump({"version": Qgis.QGIS_VERSION.partition("-")[0]} | answer(json.load(sys.stdin)), sys.stdout)
            sys.stdout.flush()
        finally:
            application.exitQgis()


def features_layer(question: dict) -> QgsVectorLayer:
    """The layer that a user gets who types the address and picks a collection."""
    uri = f"typename='{question['collection']}' url='{question['address']}'"
    if question.get("by_view"):
        uri += " restrictToRequestBBOX='1'"
    return QgsVectorLayer(uri, question["collection"], "OAPIF")
