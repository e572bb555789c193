"""The edge chain: what a sense noticed is put into words with its circumstances, judged, and answered by an act, an alarm, a note or nothing."""
