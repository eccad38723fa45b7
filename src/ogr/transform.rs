//! Turning coordinates from one system to another, always x, y (east, north; longitude, latitude).
//!
//! In: points in place. Out: the same points in the other system, as PROJ gives them. A point that
//! has no place there is named, not fatal. Identity needs no PROJ.

use std::cell::RefCell;
use std::rc::Rc;

use gdal_sys as sys;

use super::spatial_ref::SpatialRef;
use super::{OgrError, errors};
use crate::model::crs::Crs;

/// Transforms kept per thread; the oldest goes first.
const KEPT: usize = 16;

/// Why points could not be turned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransformError {
    /// A system that PROJ does not know, or two without a way between them.
    #[error(transparent)]
    Crs(#[from] OgrError),
    /// Points without a place in the other system, by position; they are NaN now, the others are turned.
    #[error("{} of the points have no place in the other system", .0.len())]
    Points(Vec<usize>),
}

/// The way from one system to another. It stays on its thread: PROJ's objects do.
#[derive(Debug)]
pub struct Transform {
    handle: Option<sys::OGRCoordinateTransformationH>,
    buffers: RefCell<Buffers>,
}

#[derive(Debug, Default)]
struct Buffers {
    x: Vec<f64>,
    y: Vec<f64>,
    done: Vec<i32>,
}

impl Transform {
    /// Finds the way from one system to another. Cost: milliseconds; see [`cached`].
    ///
    /// # Errors
    /// When PROJ does not know one of them.
    pub fn new(from: &Crs, to: &Crs) -> Result<Self, OgrError> {
        if from == to {
            return Ok(Self {
                handle: None,
                buffers: RefCell::default(),
            });
        }
        let (source, target) = (SpatialRef::of(from)?, SpatialRef::of(to)?);
        let unknown = || OgrError::UnknownCrs(format!("{} → {}", from.label(), to.label()));
        Self::between(&source, &target).ok_or_else(unknown)
    }

    /// The way between two systems of OGR; `None` where there is none.
    #[allow(unsafe_code)] // OGR's C interface.
    pub(super) fn between(source: &SpatialRef, target: &SpatialRef) -> Option<Self> {
        // SAFETY: both are live; the transform copies what it needs.
        let handle = unsafe { sys::OCTNewCoordinateTransformation(source.0, target.0) };
        errors::take();
        (!handle.is_null()).then(|| Self {
            handle: Some(handle),
            buffers: RefCell::default(),
        })
    }

    /// Whether it leaves every point as it is.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        self.handle.is_none()
    }

    /// Turns points in place.
    ///
    /// # Errors
    /// Names the points that have no place in the other system; they are NaN, the others are turned.
    #[allow(unsafe_code)] // OGR's C interface.
    pub fn apply(&self, points: &mut [[f64; 2]]) -> Result<(), TransformError> {
        let Some(handle) = self.handle else {
            return Ok(());
        };
        let mut buffers = self.buffers.borrow_mut();
        let Buffers { x, y, done } = &mut *buffers;
        let mut lost = vec![];
        // Blocks keep the buffers small, whatever the caller brings.
        for (block, points) in points.chunks_mut(1 << 14).enumerate() {
            x.clear();
            y.clear();
            x.extend(points.iter().map(|p| p[0]));
            y.extend(points.iter().map(|p| p[1]));
            done.clear();
            done.resize(points.len(), 0);
            // SAFETY: three buffers of as many elements as announced.
            unsafe {
                sys::OCTTransformEx(
                    handle,
                    points.len() as i32,
                    x.as_mut_ptr(),
                    y.as_mut_ptr(),
                    std::ptr::null_mut(),
                    done.as_mut_ptr(),
                );
            }
            for (i, point) in points.iter_mut().enumerate() {
                if done[i] != 0 && x[i].is_finite() && y[i].is_finite() {
                    *point = [x[i], y[i]];
                } else {
                    *point = [f64::NAN; 2];
                    lost.push((block << 14) + i);
                }
            }
        }
        if lost.is_empty() {
            return Ok(());
        }
        errors::take();
        Err(TransformError::Points(lost))
    }
}

impl Drop for Transform {
    #[allow(unsafe_code)] // OGR's C interface.
    fn drop(&mut self) {
        if let Some(handle) = self.handle {
            // SAFETY: made by us, destroyed once.
            unsafe { sys::OCTDestroyCoordinateTransformation(handle) }
        }
    }
}

thread_local! {
    static KNOWN: RefCell<Vec<(Crs, Crs, Rc<Transform>)>> = const { RefCell::new(Vec::new()) };
}

/// This thread's transform between two systems, made when first asked for.
///
/// # Errors
/// When PROJ does not know one of them.
pub fn cached(from: &Crs, to: &Crs) -> Result<Rc<Transform>, OgrError> {
    KNOWN.with(|known| {
        let found = known
            .borrow()
            .iter()
            .find(|(f, t, _)| f == from && t == to)
            .map(|(_, _, transform)| Rc::clone(transform));
        if let Some(transform) = found {
            return Ok(transform);
        }
        let made = Rc::new(Transform::new(from, to)?);
        let mut known = known.borrow_mut();
        if known.len() >= KEPT {
            known.remove(0);
        }
        known.push((from.clone(), to.clone(), Rc::clone(&made)));
        Ok(made)
    })
}

/// Turns points of a system into longitudes and latitudes, in place.
///
/// # Errors
/// See [`Transform::apply`].
pub fn to_crs84(crs: &Crs, points: &mut [[f64; 2]]) -> Result<(), TransformError> {
    turn(crs, &Crs::Crs84, points)
}

/// Turns longitudes and latitudes into points of a system, in place.
///
/// # Errors
/// See [`Transform::apply`].
pub fn from_crs84(crs: &Crs, points: &mut [[f64; 2]]) -> Result<(), TransformError> {
    turn(&Crs::Crs84, crs, points)
}

/// Turns points of one system into another, in place.
///
/// # Errors
/// See [`Transform::apply`].
pub fn turn(from: &Crs, to: &Crs, points: &mut [[f64; 2]]) -> Result<(), TransformError> {
    if from == to {
        return Ok(());
    }
    cached(from, to)?.apply(points)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lambert_93_comes_out_in_degrees_and_back() {
        // Béthune, cité n°10; EPSG:2154 by gdaltransform.
        let mut points = [[2.68568, 50.44201], [2.0, 50.0]];
        from_crs84(&Crs::Epsg(2154), &mut points).unwrap();
        assert!((points[0][0] - 677_639.562_939_618).abs() < 1e-6, "{points:?}");
        assert!((points[0][1] - 7_038_324.071_658_79).abs() < 1e-6, "{points:?}");
        to_crs84(&Crs::Epsg(2154), &mut points).unwrap();
        assert!((points[0][0] - 2.68568).abs() < 1e-9 && (points[0][1] - 50.44201).abs() < 1e-9);
    }

    #[test]
    fn a_point_without_a_place_is_named() {
        let mut points = [[2.0, 50.0], [f64::INFINITY, 0.0], [3.0, 51.0]];
        let error = from_crs84(&Crs::Epsg(2154), &mut points).unwrap_err();
        assert_eq!(error, TransformError::Points(vec![1]));
        assert!(points[1][0].is_nan() && points[2][0] > 600_000.0);
    }

    #[test]
    fn degrees_to_degrees_is_identity() {
        assert!(cached(&Crs::Crs84, &Crs::Crs84).unwrap().is_identity());
    }
}
