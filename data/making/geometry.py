"""Shapes on the ellipsoid: from metres around a centre to lon/lat, areas, regular polygons, unions of parcels.

Coordinates are (lon, lat) in degrees, CRS84, rounded to `DECIMALS`; rings are closed and run counter-clockwise.
"""
import math

GRS80_A = 6378137.0
GRS80_E2 = 0.00669438002290  # first eccentricity squared of GRS80
DECIMALS = 6


def place(centre, x, y):
    """The point x metres east and y metres north of `centre`, by the radii of curvature at `centre`."""
    lon, lat = centre
    sine = math.sin(math.radians(lat))
    root = math.sqrt(1 - GRS80_E2 * sine * sine)
    prime_vertical = GRS80_A / root
    meridian = GRS80_A * (1 - GRS80_E2) / root**3
    return (
        round(lon + math.degrees(x / (prime_vertical * math.cos(math.radians(lat)))), DECIMALS),
        round(lat + math.degrees(y / meridian), DECIMALS),
    )


def area_m2(ring):
    """Area of a closed ring on GRS80 in m², by the equal-area cylindrical projection of the ellipsoid.

    Edges are straight in that projection; under 1 km each, they differ from straight lon/lat edges by far less than
    0.01 % of the area. Source: J. P. Snyder, Map Projections – A Working Manual, 1987, equations 3-12 and 10-15.
    """
    e = math.sqrt(GRS80_E2)

    def project(point):
        s = math.sin(math.radians(point[1]))
        q = (1 - GRS80_E2) * (s / (1 - GRS80_E2 * s * s) - math.log((1 - e * s) / (1 + e * s)) / (2 * e))
        return math.radians(point[0]) * GRS80_A, q * GRS80_A / 2

    # Relative to the first point: products of whole coordinates would cost six digits.
    x0, y0 = project(ring[0])
    flat = [(x - x0, y - y0) for x, y in map(project, ring)]
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(flat, flat[1:]))) / 2


def regular_polygon(centre, target_m2, sides):
    """A closed ring of `sides` equal edges around `centre` whose area is `target_m2`; the first vertex is due east."""
    radius = math.sqrt(2 * target_m2 / (sides * math.sin(2 * math.pi / sides)))
    for _ in range(3):
        turns = [2 * math.pi * k / sides for k in range(sides)]
        ring = [place(centre, radius * math.cos(t), radius * math.sin(t)) for t in turns]
        ring.append(ring[0])
        radius *= math.sqrt(target_m2 / area_m2(ring))
    return ring


def schematic(entry):
    """The geometry a fact asks for by its `forme`: disque, hexagone, point, or aucune (None: no place is known).

    With `au_nord_de` the shape stands north of another fact's disc, `ecart_m` metres between the two outlines.
    """
    form, centre = entry["forme"], entry.get("centre")
    if form == "aucune":
        return None
    if form == "point":
        return {"type": "Point", "coordinates": centre}
    area = entry["surface_m2"]
    if "au_nord_de" in entry:
        other = entry["au_nord_de"]
        apothem = math.sqrt(area / (2 * math.sqrt(3)))  # of a hexagon, whose flat side then faces the disc
        centre = place(other["centre"], 0, math.sqrt(other["surface_m2"] / math.pi) + entry["ecart_m"] + apothem)
    return polygon([regular_polygon(centre, area, {"disque": 64, "hexagone": 6}[form])])


def polygon(rings):
    return {"type": "Polygon", "coordinates": rings}


def union(rings):
    """The union of rings that share whole edges and never overlap, as Polygon or MultiPolygon without holes.

    Each shared edge is run once in each direction, so the two cancel; what remains is stitched into outer rings.
    Expects no two parts that meet in a single point.
    """
    edges = {edge for ring in rings for edge in zip(ring, ring[1:])}
    onward = {a: b for a, b in sorted(edges) if (b, a) not in edges}
    parts = []
    while onward:
        start = min(onward)
        part = [start]
        while (following := onward.pop(part[-1])) != start:
            part.append(following)
        parts.append(part + [start])
    if len(parts) == 1:
        return polygon(parts)
    return {"type": "MultiPolygon", "coordinates": [[part] for part in parts]}


def hull(points):
    """The convex hull of points as a closed ring (Andrew's monotone chain)."""
    ordered = sorted(set(points))

    def half(run):
        chain = []
        for p in run:
            while len(chain) > 1 and (
                (chain[-1][0] - chain[-2][0]) * (p[1] - chain[-2][1])
                <= (chain[-1][1] - chain[-2][1]) * (p[0] - chain[-2][0])
            ):
                chain.pop()
            chain.append(p)
        return chain[:-1]

    ring = half(ordered) + half(ordered[::-1])
    return ring + [ring[0]]
