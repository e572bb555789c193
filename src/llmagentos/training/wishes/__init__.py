"""What people may want of a site, and the words for it. `Wishes` in `draw` is the door."""
