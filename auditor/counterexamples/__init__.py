"""Training images that break the cues a run has confirmed.

`recipes` plans which object meets which background, `marks` finds where a mark lies, `pictures`
composes at the size of the files, `writing` writes the folder.
"""
