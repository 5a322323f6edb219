"""The one module of TensorFlow that litert-torch 0.10.0 asks for and nothing installs."""

import sys
from types import ModuleType

from ai_edge_litert import schema_py_generated

PACKAGE = "tensorflow.lite.python"


def install() -> None:
    """Let litert-torch import the TFLite schema under TensorFlow's name for it.

    ai-edge-litert ships the same generated module. To be called before litert-torch is imported.
    Only the innermost package is put in place, so that nobody takes TensorFlow for installed.
    """
    package = sys.modules.setdefault(PACKAGE, ModuleType(PACKAGE))
    package.schema_py_generated = schema_py_generated
