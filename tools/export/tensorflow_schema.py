"""The one module of TensorFlow that litert-torch 0.10.0 asks for and nothing installs."""

import sys
from types import ModuleType

from ai_edge_litert import schema_py_generated

NAME = "tensorflow.lite.python.schema_py_generated"


def install() -> None:
    """Let litert-torch import the TFLite schema under TensorFlow's name for it.

    ai-edge-litert ships the same generated module. To be called before litert-torch is imported;
    does nothing where TensorFlow is there.
    """
    if NAME in sys.modules:
        return
    *packages, schema = NAME.split(".")
    path = ""
    for package in packages:
        path = f"{path}.{package}" if path else package
        if path not in sys.modules:
            module = ModuleType(path)
            module.__path__ = []
            sys.modules[path] = module
    setattr(sys.modules[path], schema, schema_py_generated)
    sys.modules[NAME] = schema_py_generated
