"""Programs that read exported tasks with a tool's own package, and hand them back as it would.

They run in whatever interpreter has the package (`tests/seams/test_annotation_tools.py` says how it
is found), so they import nothing of this repository. Each is called with the folder of the export
and the file to hand back; it prints {case_id: object pixels} as JSON. Everything is confirmed by
`ada`; in the mask of the first task the corner `[:4, :6]` becomes object.
"""
