//! OGR geometries to and from flat arrays.
//!
//! Curves become lines (GDAL's default step of 4°), a third and fourth dimension are left out,
//! collections become the multi-geometry of their highest dimension; each is noted for the report.

use gdal_sys::{self as sys, OGRwkbGeometryType as Wkb};

use crate::model::geometry::{GeometryKind, GeometryRef};
use crate::model::row::{Shape, ShapeNotes};

/// The type of a polygon's ring when it is made (`wkbLinearRing`, a type of its own in OGR only).
const LINEAR_RING: Wkb::Type = 101;

/// Bytes from one point to the next.
const STRIDE: i32 = 16;

/// An owned OGR geometry.
pub(super) struct Owned(pub(super) sys::OGRGeometryH);

impl Drop for Owned {
    #[allow(unsafe_code)] // OGR's C interface.
    fn drop(&mut self) {
        // SAFETY: made by us or given to us, destroyed once.
        unsafe { sys::OGR_G_DestroyGeometry(self.0) }
    }
}

/// Reads a geometry into a shape; an empty one leaves a shape without a place.
///
/// # Safety
/// `geometry` is null or a live OGR geometry.
#[allow(unsafe_code)] // OGR's C interface.
pub(super) unsafe fn read_shape(geometry: sys::OGRGeometryH, shape: &mut Shape) -> ShapeNotes {
    shape.start(GeometryKind::None);
    let mut notes = ShapeNotes::default();
    if geometry.is_null() {
        return notes;
    }
    // SAFETY: the caller vouches for the geometry; what is read from it is copied.
    unsafe {
        let kind = sys::OGR_G_GetGeometryType(geometry);
        notes.third_dimension = sys::OGR_GT_HasZ(kind) != 0 || sys::OGR_GT_HasM(kind) != 0;
        let flat = sys::OGR_GT_Flatten(kind);
        if flat <= Wkb::wkbMultiPolygon {
            read_simple(geometry, flat, shape);
        } else {
            notes.curved = sys::OGR_G_HasCurveGeometry(geometry, 1) != 0;
            let linear = Owned(sys::OGR_G_GetLinearGeometry(geometry, 0.0, std::ptr::null_mut()));
            if !linear.0.is_null() {
                read_collection(linear.0, shape, &mut notes);
            }
        }
    }
    if shape.coords().is_empty() {
        shape.start(GeometryKind::None);
    }
    notes
}

/// A point, line, polygon, or several of one.
#[allow(unsafe_code)] // OGR's C interface.
unsafe fn read_simple(geometry: sys::OGRGeometryH, flat: Wkb::Type, shape: &mut Shape) {
    let kind = match flat {
        Wkb::wkbPoint => GeometryKind::Point,
        Wkb::wkbLineString => GeometryKind::LineString,
        Wkb::wkbPolygon => GeometryKind::Polygon,
        Wkb::wkbMultiPoint => GeometryKind::MultiPoint,
        Wkb::wkbMultiLineString => GeometryKind::MultiLineString,
        Wkb::wkbMultiPolygon => GeometryKind::MultiPolygon,
        _ => return,
    };
    shape.start(kind);
    // SAFETY: as for `read_shape`.
    unsafe { read_parts(geometry, flat, shape) }
}

/// Adds the parts of a simple geometry, or of several, to the shape.
#[allow(unsafe_code)] // OGR's C interface.
unsafe fn read_parts(geometry: sys::OGRGeometryH, flat: Wkb::Type, shape: &mut Shape) {
    // SAFETY: as for `read_shape`; members belong to the geometry.
    unsafe {
        match flat {
            Wkb::wkbPoint | Wkb::wkbLineString => {
                if read_ring(geometry, shape) {
                    shape.end_part();
                }
            }
            Wkb::wkbPolygon | Wkb::wkbTriangle => {
                let mut any = false;
                for i in 0..sys::OGR_G_GetGeometryCount(geometry) {
                    any |= read_ring(sys::OGR_G_GetGeometryRef(geometry, i), shape);
                }
                if any {
                    shape.end_part();
                }
            }
            _ => {
                for i in 0..sys::OGR_G_GetGeometryCount(geometry) {
                    let member = sys::OGR_G_GetGeometryRef(geometry, i);
                    if !member.is_null() {
                        let flat = sys::OGR_GT_Flatten(sys::OGR_G_GetGeometryType(member));
                        read_parts(member, flat, shape);
                    }
                }
            }
        }
    }
}

/// Adds a run of points as a ring; false where there are none.
#[allow(unsafe_code)] // OGR's C interface.
unsafe fn read_ring(line: sys::OGRGeometryH, shape: &mut Shape) -> bool {
    if line.is_null() {
        return false;
    }
    // SAFETY: `grow` gives exactly as many points as OGR is about to write, 16 bytes apart.
    unsafe {
        let n = sys::OGR_G_GetPointCount(line);
        let points = shape.grow(usize::try_from(n).unwrap_or(0));
        if points.is_empty() {
            return false;
        }
        let x = points.as_mut_ptr().cast::<f64>();
        sys::OGR_G_GetPoints(line, x.cast(), STRIDE, x.add(1).cast(), STRIDE, std::ptr::null_mut(), 0);
    }
    shape.end_ring();
    true
}

/// A collection, surface or triangle: the parts of its highest dimension.
#[allow(unsafe_code)] // OGR's C interface.
unsafe fn read_collection(geometry: sys::OGRGeometryH, shape: &mut Shape, notes: &mut ShapeNotes) {
    let mut leaves = vec![];
    // SAFETY: as for `read_shape`; the leaves belong to the geometry, which outlives this call.
    unsafe {
        let flat = sys::OGR_GT_Flatten(sys::OGR_G_GetGeometryType(geometry));
        if flat <= Wkb::wkbMultiPolygon {
            return read_simple(geometry, flat, shape);
        }
        collect_leaves(geometry, 0, &mut leaves);
        let Some(highest) = leaves.iter().map(|(_, d)| *d).max() else {
            return;
        };
        notes.mixed |= leaves.iter().any(|(_, d)| *d != highest);
        leaves.retain(|(_, d)| *d == highest);
        let kinds = match highest {
            0 => (GeometryKind::Point, GeometryKind::MultiPoint),
            1 => (GeometryKind::LineString, GeometryKind::MultiLineString),
            _ => (GeometryKind::Polygon, GeometryKind::MultiPolygon),
        };
        shape.start(kinds.1);
        for (leaf, _) in &leaves {
            read_parts(*leaf, sys::OGR_GT_Flatten(sys::OGR_G_GetGeometryType(*leaf)), shape);
        }
        // A triangle is a polygon; a collection or surface of one is still several by type.
        if flat == Wkb::wkbTriangle {
            shape.set_kind(kinds.0);
        }
    }
}

/// The points, lines and polygons of a nested collection, each with its dimension.
#[allow(unsafe_code)] // OGR's C interface.
unsafe fn collect_leaves(geometry: sys::OGRGeometryH, depth: u32, leaves: &mut Vec<(sys::OGRGeometryH, u8)>) {
    // Deeper than any reader of GDAL nests them; a bound for the stack.
    if geometry.is_null() || depth > 64 {
        return;
    }
    // SAFETY: as for `read_collection`.
    unsafe {
        if sys::OGR_G_IsEmpty(geometry) != 0 {
            return;
        }
        match sys::OGR_GT_Flatten(sys::OGR_G_GetGeometryType(geometry)) {
            Wkb::wkbPoint => leaves.push((geometry, 0)),
            Wkb::wkbLineString => leaves.push((geometry, 1)),
            Wkb::wkbPolygon | Wkb::wkbTriangle => leaves.push((geometry, 2)),
            _ => {
                for i in 0..sys::OGR_G_GetGeometryCount(geometry) {
                    collect_leaves(sys::OGR_G_GetGeometryRef(geometry, i), depth + 1, leaves);
                }
            }
        }
    }
}

/// The OGR geometry of a flat one; `None` without a place, or where OGR has no memory.
#[allow(unsafe_code)] // OGR's C interface.
pub(super) fn to_ogr(geometry: &GeometryRef<'_>) -> Option<Owned> {
    let (single, multi) = match geometry.kind().dimension()? {
        0 => (Wkb::wkbPoint, Wkb::wkbMultiPoint),
        1 => (Wkb::wkbLineString, Wkb::wkbMultiLineString),
        _ => (Wkb::wkbPolygon, Wkb::wkbMultiPolygon),
    };
    let part = |rings: std::ops::Range<usize>| -> Option<Owned> {
        if single != Wkb::wkbPolygon {
            return line_of(single, geometry.ring(rings.start));
        }
        let polygon = create(Wkb::wkbPolygon)?;
        for ring in rings {
            let line = line_of(LINEAR_RING, geometry.ring(ring))?;
            adopt(&polygon, line);
        }
        Some(polygon)
    };
    if !geometry.kind().is_multi() {
        return part(geometry.parts().next()?);
    }
    let whole = create(multi)?;
    for rings in geometry.parts() {
        adopt(&whole, part(rings)?);
    }
    Some(whole)
}

#[allow(unsafe_code)] // OGR's C interface.
fn create(kind: Wkb::Type) -> Option<Owned> {
    // SAFETY: a new geometry, owned by us.
    let handle = unsafe { sys::OGR_G_CreateGeometry(kind) };
    (!handle.is_null()).then_some(Owned(handle))
}

#[allow(unsafe_code)] // OGR's C interface.
fn line_of(kind: Wkb::Type, points: &[[f64; 2]]) -> Option<Owned> {
    let line = create(kind)?;
    let x = points.as_ptr().cast::<f64>();
    // SAFETY: OGR reads as many points as the slice has, 16 bytes apart.
    unsafe {
        sys::OGR_G_SetPoints(
            line.0,
            i32::try_from(points.len()).ok()?,
            x.cast(),
            STRIDE,
            x.add(1).cast(),
            STRIDE,
            std::ptr::null(),
            0,
        );
    }
    Some(line)
}

/// Gives a member to its whole, which destroys it from then on.
#[allow(unsafe_code)] // OGR's C interface.
fn adopt(whole: &Owned, member: Owned) {
    // SAFETY: both are live; ownership passes only where OGR says that it took the member.
    unsafe {
        if sys::OGR_G_AddGeometryDirectly(whole.0, member.0) == sys::OGRErr::OGRERR_NONE {
            std::mem::forget(member);
        }
    }
}
