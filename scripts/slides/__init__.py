"""The lessons as slides: `python -m scripts.slides` builds build/slides/, which works from disk and asks for nothing.

places  which slide belongs to which lecture, and for how many minutes: tags and metadata of the lessons' own cells
"""
