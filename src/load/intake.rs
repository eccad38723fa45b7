//! Taking in one layer: each row is checked, mended, placed on the world grid and stored.
//!
//! ```text
//! row ─ finite? ─ in range? ─ mend ─ to degrees ─ world grid ─ builder
//!         └ fault, no place    └ fault: area before → after
//! ```
//! In: rows as readers give them. Out: a base file and a report, or why the layer's coordinates
//! can't be what they say. A feature is never dropped here; at worst it loses its place.

use std::path::Path;
use std::rc::Rc;

use super::base::{self, Builder, Cell, Directory, Full, WriteError};
use super::ids;
use super::plausible::{self, Doubt, Origin, Sample};
use super::repair::{Invalid, Mender, area_m2};
use super::report::{Fault, FaultKind, Faults, IdSource};
use super::zeros::ZeroPlaces;
use crate::model::crs::Crs;
use crate::model::geometry::GeometryKind;
use crate::model::role::Role;
use crate::model::row::{Row, Shape};
use crate::model::world::{is_on_earth, world_point};
use crate::ogr::OgrError;
use crate::ogr::transform::{Transform, cached};

/// A layer being taken in.
pub(super) struct Intake {
    /// The columns so far.
    pub(super) builder: Builder,
    /// The faults so far.
    pub(super) faults: Faults,
    crs: Crs,
    transform: Rc<Transform>,
    mender: Mender,
    /// Whether features are expected to have a place.
    placed: bool,
    /// Whether a fault already says why the row that is taken next has no place.
    pub(super) place_is_explained: bool,
    degrees: Vec<[f64; 2]>,
    sample: Sample,
    pub(super) with_place: u64,
    pub(super) zeros: ZeroPlaces,
    pub(super) null_geometries: u64,
    repaired: u64,
}

/// What a finished layer is.
pub(super) struct Taken {
    pub(super) directory: Directory,
    pub(super) faults: Faults,
    pub(super) ids: IdSource,
    pub(super) features: u64,
    pub(super) null_geometries: u64,
    pub(super) repaired: u64,
}

/// Why a layer can't be finished.
#[derive(Debug, thiserror::Error)]
pub(super) enum IntakeError {
    /// A system that PROJ does not know.
    #[error(transparent)]
    UnknownCrs(#[from] OgrError),
    /// More than a base file can address.
    #[error(transparent)]
    Full(#[from] Full),
    /// Coordinates that can't be in the declared system.
    #[error("the coordinates can't be in the declared system")]
    NotInCrs(Doubt),
    /// Every place is at 0, 0.
    #[error("every place is at 0, 0")]
    AllAtZero,
    /// A configured field that is not there; what is.
    #[error("there is no such field")]
    NoField(Vec<String>),
    /// Writing.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl Intake {
    /// An empty layer in a CRS; `placed`: its features are expected to have geometries.
    pub(super) fn new(crs: Crs, placed: bool) -> Result<Self, OgrError> {
        Ok(Self {
            builder: Builder::new(crs.clone()),
            faults: Faults::default(),
            transform: cached(&crs, &Crs::Crs84)?,
            crs,
            mender: Mender::default(),
            placed,
            place_is_explained: false,
            degrees: vec![],
            sample: Sample::default(),
            with_place: 0,
            zeros: ZeroPlaces::default(),
            null_geometries: 0,
            repaired: 0,
        })
    }

    /// The position of the row that is taken next.
    pub(super) fn row(&self) -> u64 {
        self.builder.rows() as u64
    }

    /// Counts a fault of the row that is taken next.
    pub(super) fn fault(&mut self, kind: FaultKind, place: Option<[f64; 2]>, words: impl FnOnce() -> [String; 2]) {
        let row = self.row();
        self.faults.add(kind, || {
            let [message, message_fr] = words();
            Fault {
                row: Some(row),
                place,
                ..Fault::new(kind, message, message_fr)
            }
        });
    }

    /// Takes a row in. Its shape is used up. `sound`: it was found to be as it should, and has its world points.
    pub(super) fn take(&mut self, row: &mut Row, sound: bool) -> Result<(), Full> {
        if !sound {
            self.place(&mut row.shape);
        } else if !self.at_zero(&mut row.shape) {
            self.with_place += 1;
            row.shape.coords().first().into_iter().for_each(|p| self.sample.add(*p));
        }
        let id = row.id.take();
        let cells = row.values().map(|(kind, value)| Cell::of(kind, value));
        self.builder.push_row(id, cells, &row.shape.as_ref())
    }

    /// Checks and mends a shape and fills its world points.
    fn place(&mut self, shape: &mut Shape) {
        if shape.kind() == GeometryKind::None {
            return self.without_place();
        }
        if !shape.coords().iter().all(|p| p[0].is_finite() && p[1].is_finite()) {
            self.fault(FaultKind::NotFinite, None, || {
                [
                    "NaN or infinite coordinates: kept without a place".into(),
                    "coordonnées NaN ou infinies : conservée sans lieu".into(),
                ]
            });
            return self.lose_place(shape);
        }
        if let Some(first) = shape.coords().first().copied() {
            if self.at_zero(shape) {
                return;
            }
            self.sample.add(first);
        }
        self.with_place += 1;
        let done = self.mender.mend(shape);
        if !self.fill_degrees(shape.coords()) {
            let [x, y] = shape.coords()[0];
            let label = self.crs.label();
            self.fault(FaultKind::OutOfRange, None, || {
                [
                    format!("coordinates such as {x} {y} have no place in {label}: kept without a place"),
                    format!("des coordonnées comme {x} {y} n'existent pas en {label} : conservée sans lieu"),
                ]
            });
            return self.lose_place(shape);
        }
        let place = self.degrees.first().copied();
        if done.closed > 0 {
            let n = done.closed;
            self.fault(FaultKind::UnclosedRing, place, || {
                [
                    format!("{n} open ring(s) closed"),
                    format!("{n} anneau(x) ouvert(s) fermé(s)"),
                ]
            });
        }
        if done.short > 0 {
            let n = done.short;
            self.fault(FaultKind::TooFewPoints, place, || {
                [
                    format!("{n} ring(s) or line(s) of too few points left out"),
                    format!("{n} anneau(x) ou ligne(s) de trop peu de points écarté(s)"),
                ]
            });
        }
        if done.duplicates > 0 {
            let n = done.duplicates;
            self.fault(FaultKind::DuplicatePoints, place, || {
                [
                    format!("{n} point(s) stand where the one before stands: counted, the outline is the same"),
                    format!("{n} point(s) au même endroit que le précédent : comptés, le contour est le même"),
                ]
            });
        }
        if let Some(invalid) = done.invalid {
            self.report_repair(&invalid, shape);
        }
        if shape.kind() == GeometryKind::None {
            self.null_geometries += 1;
        }
        self.push_world(shape);
    }

    /// Fills a shape's world points; false where one of its points has no place on Earth.
    pub(super) fn fill_world(&mut self, shape: &mut Shape) -> bool {
        let there = self.fill_degrees(shape.coords());
        if there {
            self.push_world(shape);
        }
        there
    }

    fn push_world(&self, shape: &mut Shape) {
        let world = shape.world_mut();
        world.clear();
        world.extend(self.degrees.iter().map(|p| world_point(p[0], p[1])));
    }

    /// Fills `degrees`; false where a point has no place on Earth.
    fn fill_degrees(&mut self, coords: &[[f64; 2]]) -> bool {
        self.degrees.clear();
        self.degrees.extend_from_slice(coords);
        let turned = self.transform.apply(&mut self.degrees).is_ok();
        turned && self.degrees.iter().all(|p| is_on_earth(*p))
    }

    fn report_repair(&mut self, invalid: &Invalid, shape: &Shape) {
        let degrees = |p: [f64; 2]| {
            let mut point = [p];
            // A point that fails is NaN, and so is the area: left out below.
            let _ = self.transform.apply(&mut point);
            point[0]
        };
        let place = invalid.place.map(degrees).filter(|p| p[0].is_finite());
        let place = place.or_else(|| invalid.before.coords().first().map(|p| degrees(*p)));
        let measured = |shape: &Shape| Some(area_m2(&shape.as_ref(), degrees)).filter(|a| a.is_finite());
        let (before, after) = (measured(&invalid.before), measured(shape));
        let gone = shape.kind() == GeometryKind::None;
        let kind = if gone {
            FaultKind::UnrepairableGeometry
        } else {
            self.repaired += 1;
            FaultKind::InvalidGeometry
        };
        let reason = invalid.reason.clone();
        let row = self.row();
        self.faults.add(kind, || {
            let words = if gone {
                [
                    format!("{reason}: nothing is left after repair, kept without a place"),
                    format!(
                        "{} : rien ne reste après réparation, conservée sans lieu",
                        in_french(&reason)
                    ),
                ]
            } else {
                let (b, a) = (before.unwrap_or_default(), after.unwrap_or_default());
                [
                    format!("{reason}: repaired, area {b:.1} → {a:.1} m²"),
                    format!("{} : réparée, surface {b:.1} → {a:.1} m²", in_french(&reason)),
                ]
            };
            let [message, message_fr] = words;
            Fault {
                row: Some(row),
                place,
                area_before_m2: before,
                area_after_m2: after,
                ..Fault::new(kind, message, message_fr)
            }
        });
    }

    /// A row that the source gives no geometry.
    fn without_place(&mut self) {
        self.null_geometries += 1;
        if self.placed && !self.place_is_explained {
            self.fault(FaultKind::NullGeometry, None, || {
                [
                    "no geometry in the source: kept without a place".into(),
                    "pas de géométrie dans la source : conservée sans lieu".into(),
                ]
            });
        }
    }

    pub(super) fn lose_place(&mut self, shape: &mut Shape) {
        shape.start(GeometryKind::None);
        self.null_geometries += 1;
    }

    /// Says that a source without a declared system was taken for degrees.
    pub(super) fn say_assumed_crs(&mut self) {
        self.faults.add(FaultKind::CrsAssumed, || {
            Fault::new(
                FaultKind::CrsAssumed,
                "the file names no coordinate system: longitude and latitude in degrees (CRS84) assumed",
                "le fichier ne nomme aucun système de coordonnées : longitude et latitude en degrés (CRS84) supposées",
            )
        });
    }

    /// Whether the coordinates can be in the system that they are said to be in. Where nobody says which, and the
    /// latitude stands first, features are kept without a place: turning them would be a guess, and the table is of
    /// use without.
    pub(super) fn settle_crs(&mut self, origin: Origin) -> Result<(), IntakeError> {
        match self.check_crs(origin) {
            Err(IntakeError::NotInCrs(Doubt::Swapped { reason })) if origin == Origin::Assumed => {
                Ok(self.lose_swapped_places(&reason)?)
            }
            settled => settled,
        }
    }

    fn lose_swapped_places(&mut self, reason: &str) -> Result<(), Full> {
        let is_placed = |row: &usize| self.builder.geometry(*row).kind() != GeometryKind::None;
        let rows: Vec<usize> = (0..self.builder.rows()).filter(is_placed).collect();
        self.builder.lose_places(&rows)?;
        self.null_geometries += rows.len() as u64;
        for row in rows {
            self.faults.add(FaultKind::OutOfRange, || Fault {
                row: Some(row as u64),
                ..Fault::new(
                    FaultKind::OutOfRange,
                    format!("{reason}: kept without a place; swap the axes in the source, or name its system"),
                    "la latitude semble placée avant la longitude : conservée sans lieu ; inversez les axes dans la source, ou \
                     nommez son système",
                )
            });
        }
        Ok(())
    }

    /// Whether the coordinates can be in the system that they are said to be in.
    fn check_crs(&self, origin: Origin) -> Result<(), IntakeError> {
        plausible::judge(&self.crs, origin, &self.sample).map_or(Ok(()), |doubt| Err(IntakeError::NotInCrs(doubt)))
    }

    /// Settles dates, keys and ids, writes the base file.
    pub(super) fn finish(
        mut self,
        layer: &str,
        id_field: Option<&str>,
        role: Option<Role>,
        geometry_column: &str,
        path: &Path,
    ) -> Result<Taken, IntakeError> {
        self.settle_zeros()?;
        super::dates::retype(&mut self.builder, layer, &mut self.faults);
        super::keys::settle(&mut self.builder, layer, &mut self.faults);
        super::periods::add(&mut self.builder, layer, role, &mut self.faults);
        let ids = ids::settle(&self.builder, id_field, role, &mut self.faults)
            .map_err(|missing| IntakeError::NoField(missing.0))?;
        self.builder.forget_native_ids();
        self.faults.sort();
        for fault in &mut self.faults.located {
            fault.feature = fault.row.and_then(|row| ids.ids.get(row as usize)).cloned();
        }
        let directory = base::write_ordered(&self.builder, &ids.ids, &ids.order, ids.field(), geometry_column, path)?;
        Ok(Taken {
            directory,
            faults: self.faults,
            ids: ids.source,
            features: self.builder.rows() as u64,
            null_geometries: self.null_geometries,
            repaired: self.repaired,
        })
    }
}

/// GEOS's reasons for calling a geometry invalid, in French; one that is not known stays as it is.
fn in_french(reason: &str) -> &str {
    match reason {
        "Self-intersection" => "Auto-intersection",
        "Ring Self-intersection" => "Anneau qui se recoupe",
        "Hole lies outside shell" => "Trou hors de son contour",
        "Holes are nested" => "Trous imbriqués",
        "Interior is disconnected" => "Intérieur en plusieurs morceaux",
        "Nested shells" => "Contours imbriqués",
        "Duplicate Rings" => "Anneaux en double",
        "Too few points in geometry component" => "Trop peu de points",
        "Invalid" => "Non valide",
        other => other,
    }
}
