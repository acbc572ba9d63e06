"""
`/open311`: the GeoReport v2 door (wiki.open311.org/GeoReport_v2), so that apps made for other cities work here.

The same intake as every surface of ours: whoever has the key of an app sends, the regulation says what a report must
hold, and nothing is answered before it is stored. What is read is what everybody may read.
"""
