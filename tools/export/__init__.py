"""From a Hugging Face directory to a `.litertlm` file, for everything here that makes models."""
