"""Programs to copy: from a picture to a label with Pillow, numpy and one runtime, nothing of ours.

They prepare a picture as training did, up to a level or two of rounding in resizing.
"""
