"""What can go wrong in the model room; each is raised with one sentence for the user."""


class ModelError(Exception):
    """The model, or what it was given, cannot be used."""


class ModelFileError(ModelError):
    """The model file is damaged, incomplete, or not one that is understood."""


class PromptError(ModelError):
    """The file's chat template does not render, or not what it must."""


class AudioError(ModelError):
    """The sound is too long for the model, or not sound."""


class ImageError(ModelError):
    """The picture cannot be shown to the model, or there are too many."""
