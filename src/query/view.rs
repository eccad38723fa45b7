//! The view: the one gate to the rows.
//!
//! A view is a layer, the rows that its reader may see and the fields that its reader may see. In:
//! a snapshot and the layer's public view. Out: everything that may be known of the layer, counts,
//! extents, versions and faults included. Nothing else in the program can read a snapshot.
//!
//! Before there are accounts, the only view is the layer's public one.

use std::sync::{Arc, OnceLock};

use crate::load::base::{extent_of, feature_hash};
use crate::load::report::{Fault, FaultKind, LoadReport};
use crate::model::crs::{Crs, LonLatBox};
use crate::model::feature::{FeatureId, Field, IdRef, ValueRef};
use crate::model::geometry::{GeometryKind, GeometryRef};
use crate::model::layer::{LayerInfo, Stage};
use crate::model::time::TimeSpan;
use crate::model::world::WorldBox;
use crate::query::cql2::FilterError;
use crate::query::evaluate::{Condition, Filter, Record, Subject};
use crate::store::snapshot::Snapshot;

/// A row that a view shows; means nothing in another view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row(u32);

/// Why a view can't be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ViewError {
    /// The configuration names a field that the layer lacks.
    #[error("layer \"{layer}\" has no field \"{field}\"; it has: {known}")]
    UnknownField {
        /// The layer.
        layer: String,
        /// The field named.
        field: String,
        /// The fields there are.
        known: String,
    },
    /// The configuration's filter does not fit the layer.
    #[error("the filter of layer \"{layer}\": {cause}")]
    Filter {
        /// The layer.
        layer: String,
        /// What does not fit.
        cause: FilterError,
    },
}

/// A row of a snapshot, with all its fields.
struct WholeRow<'a>(&'a Snapshot, u32);

impl Record for WholeRow<'_> {
    fn value(&self, field: usize) -> ValueRef<'_> {
        self.0.value(self.1, field)
    }

    fn geometry(&self) -> GeometryRef<'_> {
        self.0.geometry(self.1)
    }
}

/// A row of a view, with the fields that it shows.
struct ShownRow<'a>(&'a View, Row);

impl Record for ShownRow<'_> {
    fn value(&self, field: usize) -> ValueRef<'_> {
        self.0.value(self.1, field)
    }

    fn geometry(&self) -> GeometryRef<'_> {
        self.0.geometry(self.1)
    }
}

/// What one kind of reader sees of one state of a layer.
#[derive(Debug)]
pub struct View {
    snapshot: Arc<Snapshot>,
    info: Arc<LayerInfo>,
    report: Arc<LoadReport>,
    /// What of it this reader sees; made when first asked for.
    shown: OnceLock<Arc<LoadReport>>,
    stage: Stage,
    /// Absent where every row is visible.
    visible: Option<Vec<bool>>,
    /// The visible rows by id; absent where these are all rows of the base, in its order.
    order: Option<Vec<u32>>,
    fields: Vec<Field>,
    /// For each visible field, its place in the snapshot.
    columns: Vec<usize>,
    summary: Summary,
    /// Found when first asked for.
    time_extent: OnceLock<TimeSpan>,
    version: String,
}

/// What is known of the visible rows together.
#[derive(Debug, Clone, Default, PartialEq)]
struct Summary {
    count: usize,
    null_geometries: usize,
    dimensions: [bool; 3],
    area: Option<WorldBox>,
    extent: Option<LonLatBox>,
}

/// Names a content with these fields in this system: the same coordinates in another one are other places.
pub(in crate::store) fn version_of(content: u128, fields: &[Field], crs: &Crs) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&crate::load::base::FORMAT.to_le_bytes());
    hasher.update(&content.to_le_bytes());
    for field in fields {
        hasher.update(field.name.as_bytes()).update(&[0]);
    }
    match crs {
        Crs::Wkt(text) => hasher.update(text.as_bytes()),
        known => hasher.update(known.label().as_bytes()),
    };
    hasher.finalize().to_hex()[..16].to_owned()
}

impl View {
    /// What everyone sees of a snapshot.
    pub(in crate::store) fn public(
        snapshot: Arc<Snapshot>,
        info: Arc<LayerInfo>,
        report: Arc<LoadReport>,
    ) -> Result<Self, ViewError> {
        let all = &snapshot.directory().fields;
        let public = info.public.clone().unwrap_or_default();
        let place = |name: &str| {
            all.iter()
                .position(|f| f.name == name)
                .ok_or_else(|| ViewError::UnknownField {
                    layer: info.id.to_string(),
                    field: name.to_owned(),
                    known: all.iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join(", "),
                })
        };
        let columns = match &public.fields {
            None => (0..all.len()).collect(),
            Some(names) => {
                let mut columns = names.iter().map(|n| place(n)).collect::<Result<Vec<_>, _>>()?;
                columns.sort_unstable();
                columns.dedup();
                columns
            }
        };
        let visible = match &public.rows {
            None => None,
            Some(predicate) => {
                let directory = snapshot.directory();
                let subject = Subject {
                    fields: all,
                    geometry: &directory.geometry_column,
                    crs: &directory.crs,
                };
                let condition = Condition::new(&Filter::of(predicate.clone()), &subject).map_err(|cause| {
                    let layer = info.id.to_string();
                    match cause {
                        FilterError::UnknownProperty { name, known, .. } => ViewError::UnknownField {
                            layer,
                            field: name,
                            known,
                        },
                        cause => ViewError::Filter { layer, cause },
                    }
                })?;
                let mut visible = vec![false; snapshot.row_bound()];
                for row in snapshot.rows() {
                    visible[row as usize] = condition.holds(&WholeRow(&snapshot, row));
                }
                Some(visible)
            }
        };
        let fields = columns.iter().map(|&i| all[i].clone()).collect();
        let order = match &visible {
            None if snapshot.is_base_alone() => None,
            None => Some(snapshot.rows()),
            Some(visible) => Some(snapshot.rows().into_iter().filter(|r| visible[*r as usize]).collect()),
        };
        let (summary, version) = (Summary::default(), String::new());
        let mut view = Self {
            snapshot,
            info,
            report,
            shown: OnceLock::new(),
            stage: Stage::Open,
            visible,
            order,
            fields,
            columns,
            summary,
            time_extent: OnceLock::new(),
            version,
        };
        view.summary = view.summarise();
        view.version = view.hash();
        Ok(view)
    }

    /// What everyone may see today of a former state: fields that it lacks are left out, rows that can't be judged are
    /// an error.
    pub(in crate::store) fn former(
        snapshot: Arc<Snapshot>,
        mut info: LayerInfo,
        report: Arc<LoadReport>,
        stage: Stage,
    ) -> Result<Self, ViewError> {
        if let Some(fields) = info.public.as_mut().and_then(|public| public.fields.as_mut()) {
            fields.retain(|name| snapshot.directory().fields.iter().any(|field| field.name == *name));
        }
        let view = Self::public(snapshot, Arc::new(info), report)?;
        Ok(Self { stage, ..view })
    }

    /// The same view once its layer is audited, with the report that came of it.
    pub(in crate::store) fn audited(&self, report: Arc<LoadReport>) -> Self {
        Self {
            snapshot: Arc::clone(&self.snapshot),
            info: Arc::clone(&self.info),
            report,
            shown: OnceLock::new(),
            stage: Stage::Audited,
            visible: self.visible.clone(),
            order: self.order.clone(),
            fields: self.fields.clone(),
            columns: self.columns.clone(),
            summary: self.summary.clone(),
            time_extent: self.time_extent.clone(),
            version: self.version.clone(),
        }
    }

    fn summarise(&self) -> Summary {
        let mut summary = Summary {
            count: self.order.as_ref().map_or(self.snapshot.row_bound(), Vec::len),
            ..Summary::default()
        };
        for row in (0..summary.count).filter_map(|i| self.row_at(i)) {
            match self.snapshot.kind(row.0).dimension() {
                None => summary.null_geometries += 1,
                Some(d) => summary.dimensions[d as usize] = true,
            }
        }
        // Known since the load where everything is visible: no need to touch every coordinate.
        let Some(rows) = &self.order else {
            let directory = self.snapshot.directory();
            (summary.area, summary.extent) = (directory.area, directory.extent);
            return summary;
        };
        let geometries = || rows.iter().map(|row| self.snapshot.geometry(*row));
        summary.area = geometries().filter_map(|g| g.world_box()).reduce(WorldBox::union);
        summary.extent = extent_of(self.crs(), geometries());
        summary
    }

    /// Names what is visible, and nothing else: hidden rows and fields leave no mark in it.
    fn hash(&self) -> String {
        let content = if self.is_whole() {
            self.snapshot.content()
        } else {
            self.visible_content()
        };
        version_of(content, &self.fields, self.crs())
    }

    fn visible_content(&self) -> u128 {
        (0..self.count())
            .filter_map(|i| self.row_at(i))
            .fold(0, |sum: u128, row| {
                let values = self.fields.iter().zip(self.values(row));
                sum.wrapping_add(feature_hash(self.id(row), &self.geometry(row), values))
            })
    }

    /// What is said of the layer.
    #[must_use]
    pub fn info(&self) -> &LayerInfo {
        &self.info
    }

    /// The visible fields, in source order.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The place of a visible field by name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|f| f.name == name)
    }

    /// The CRS of the storage coordinates.
    #[must_use]
    pub fn crs(&self) -> &Crs {
        &self.snapshot.directory().crs
    }

    /// The name of the geometry in the source.
    #[must_use]
    pub fn geometry_column(&self) -> &str {
        &self.snapshot.directory().geometry_column
    }

    /// Makes a filter ready for the rows that are visible, by the fields that are.
    ///
    /// # Errors
    /// A filter that does not fit; one that names a hidden field as one that names none.
    pub fn condition(&self, filter: &Filter) -> Result<Condition, FilterError> {
        let subject = Subject {
            fields: &self.fields,
            geometry: self.geometry_column(),
            crs: self.crs(),
        };
        Condition::new(filter, &subject)
    }

    /// Whether a condition made by [`condition`](Self::condition) holds of a row.
    #[must_use]
    pub fn satisfies(&self, row: Row, condition: &Condition) -> bool {
        condition.holds(&ShownRow(self, row))
    }

    /// The number of visible features.
    #[must_use]
    pub fn count(&self) -> usize {
        self.summary.count
    }

    /// The visible features without a place.
    #[must_use]
    pub fn null_geometries(&self) -> usize {
        self.summary.null_geometries
    }

    /// `point`, `line`, `polygon`, `mixed`, or `none` where no visible feature has a place.
    #[must_use]
    pub fn geometry_type(&self) -> &'static str {
        match self.summary.dimensions {
            [true, false, false] => "point",
            [false, true, false] => "line",
            [false, false, true] => "polygon",
            [false, false, false] => "none",
            _ => "mixed",
        }
    }

    /// The world box of the visible features.
    #[must_use]
    pub fn world_extent(&self) -> Option<WorldBox> {
        self.summary.area
    }

    /// The box of the visible features in degrees: to the bit where they are stored in CRS84, else
    /// at most 2 cm wider.
    #[must_use]
    pub fn extent(&self) -> Option<LonLatBox> {
        self.summary.extent
    }

    /// The span of time of the visible features, found by `find` when first asked for.
    pub(crate) fn time_extent(&self, find: impl FnOnce() -> TimeSpan) -> TimeSpan {
        *self.time_extent.get_or_init(find)
    }

    /// Names this content as this reader sees it; changes when any of it does.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Whether the reader sees all rows and fields.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.visible.is_none() && self.fields.len() == self.snapshot.directory().fields.len()
    }

    /// How far the work on the layer is.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// The load report; where something is hidden, its faults are cut to those of visible geometries and
    /// its counts made from them.
    ///
    /// A fault between features is shown where every row is visible: it tells of each what the other is. One about
    /// an area that a field declares is shown where all fields are.
    #[must_use]
    pub fn report(&self) -> Arc<LoadReport> {
        Arc::clone(self.shown.get_or_init(|| Arc::new(self.restricted_report())))
    }

    fn restricted_report(&self) -> LoadReport {
        let rows = self.visible.is_none();
        if rows && self.fields.len() == self.snapshot.directory().fields.len() {
            return LoadReport::clone(&self.report).without_folders();
        }
        let may_see = |kind: FaultKind| kind.is_of_geometry() || (rows && kind.is_between_features());
        let there = |id: &FeatureId| self.row_of(id).is_some();
        // A gap has no feature of its own.
        let seen =
            |fault: &Fault| may_see(fault.kind) && fault.feature.as_ref().map_or(fault.kind == FaultKind::Gap, there);
        let faults = self.report.faults.iter().filter(|f| seen(f)).cloned().collect();
        self.report.restricted_to(self.count(), self.null_geometries(), faults)
    }

    /// All visible rows, by id. Cost: a list of them; [`row_at`](Self::row_at) makes none.
    #[must_use]
    pub fn rows(&self) -> Vec<Row> {
        (0..self.count()).filter_map(|i| self.row_at(i)).collect()
    }

    /// The visible row at a position in the order of ids.
    #[must_use]
    pub fn row_at(&self, position: usize) -> Option<Row> {
        match &self.order {
            None => (position < self.snapshot.row_bound()).then_some(Row(position as u32)),
            Some(rows) => rows.get(position).map(|r| Row(*r)),
        }
    }

    /// How many visible rows come up to this id, itself included. Cost: a binary search.
    #[must_use]
    pub fn position_after(&self, id: &FeatureId) -> usize {
        let (mut low, mut high) = (0, self.count());
        while low < high {
            let middle = low + (high - low) / 2;
            let before = self.row_at(middle).is_some_and(|row| self.id(row) <= id.as_ref());
            if before { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// Visible rows whose world box meets `area`, by id; rows without a place are not among them.
    #[must_use]
    pub fn rows_in(&self, area: &WorldBox) -> Vec<Row> {
        self.visible_of(self.snapshot.rows_in(area))
    }

    /// Visible rows without a place, by id.
    #[must_use]
    pub fn rows_nowhere(&self) -> Vec<Row> {
        if self.summary.null_geometries == 0 {
            return vec![];
        }
        self.rows()
            .into_iter()
            .filter(|r| self.snapshot.kind(r.0) == GeometryKind::None)
            .collect()
    }

    fn visible_of(&self, rows: Vec<u32>) -> Vec<Row> {
        match &self.visible {
            None => rows.into_iter().map(Row).collect(),
            Some(visible) => rows.into_iter().filter(|r| visible[*r as usize]).map(Row).collect(),
        }
    }

    /// The visible row of an id.
    #[must_use]
    pub fn row_of(&self, id: &FeatureId) -> Option<Row> {
        let row = self.snapshot.row_of(id)?;
        self.visible
            .as_ref()
            .is_none_or(|v| v[row as usize])
            .then_some(Row(row))
    }

    /// A row's id.
    #[must_use]
    pub fn id(&self, row: Row) -> IdRef<'_> {
        self.snapshot.id(row.0)
    }

    /// The number by which vector tiles know a row.
    #[must_use]
    pub fn mvt_id(&self, row: Row) -> u64 {
        self.snapshot.mvt_id(row.0)
    }

    /// A row's geometry.
    #[must_use]
    pub fn geometry(&self, row: Row) -> GeometryRef<'_> {
        self.snapshot.geometry(row.0)
    }

    /// A row's value of a visible field, by the field's place in [`fields`](Self::fields).
    #[must_use]
    pub fn value(&self, row: Row, field: usize) -> ValueRef<'_> {
        self.columns
            .get(field)
            .map_or(ValueRef::Null, |&column| self.snapshot.value(row.0, column))
    }

    /// A row's visible values, in the order of [`fields`](Self::fields).
    pub fn values(&self, row: Row) -> impl Iterator<Item = ValueRef<'_>> {
        self.columns
            .iter()
            .map(move |&column| self.snapshot.value(row.0, column))
    }
}
