//! A layer's fields, CRS and features.

use std::marker::PhantomData;

use gdal_sys as sys;

use super::field::{Read, read_value, reading};
use super::geometry::read_shape;
use super::spatial_ref::{Declared, declared};
use super::{OgrError, errors, text_of};
use crate::model::encoding::Reading;
use crate::model::feature::{FeatureId, FieldType};
use crate::model::row::{Row, RowNotes};

/// A layer of an open dataset.
#[derive(Debug)]
pub struct Layer<'a> {
    handle: sys::OGRLayerH,
    driver: String,
    fields: Vec<OgrField>,
    scratch: String,
    read: u64,
    is_windows_1252: bool,
    dataset: PhantomData<&'a ()>,
}

#[derive(Debug)]
struct OgrField {
    name: String,
    index: i32,
    read: Read,
}

impl Layer<'_> {
    #[allow(unsafe_code)] // OGR's C interface.
    pub(super) fn new(handle: sys::OGRLayerH, driver: String) -> Self {
        let mut fields = vec![];
        // SAFETY: the layer is live, its definition with it.
        unsafe {
            let definition = sys::OGR_L_GetLayerDefn(handle);
            for index in 0..sys::OGR_FD_GetFieldCount(definition) {
                let field = sys::OGR_FD_GetFieldDefn(definition, index);
                fields.push(OgrField {
                    name: text_of(sys::OGR_Fld_GetNameRef(field)).0,
                    index,
                    read: reading(sys::OGR_Fld_GetType(field), sys::OGR_Fld_GetSubType(field)),
                });
            }
        }
        Self {
            handle,
            driver,
            fields,
            scratch: String::new(),
            read: 0,
            is_windows_1252: false,
            dataset: PhantomData,
        }
    }

    /// Its name.
    #[must_use]
    #[allow(unsafe_code)] // OGR's C interface.
    pub fn name(&self) -> String {
        // SAFETY: the layer is live.
        text_of(unsafe { sys::OGR_L_GetName(self.handle) }).0
    }

    /// Its fields that can be read, in order, and their types. Columns of rows are in this order.
    #[must_use]
    pub fn fields(&self) -> Vec<(String, FieldType)> {
        let typed = |f: &OgrField| f.read.field_type().map(|t| (f.name.clone(), t));
        self.fields.iter().filter_map(typed).collect()
    }

    /// Its fields of bytes, which are left out.
    pub fn binary_fields(&self) -> impl Iterator<Item = &str> {
        self.fields
            .iter()
            .filter(|f| f.read == Read::Binary)
            .map(|f| f.name.as_str())
    }

    /// Leaves a field out of rows.
    pub fn leave_out(&mut self, name: &str) {
        self.fields.retain(|f| f.name != name);
    }

    /// What it says of its coordinates.
    #[must_use]
    #[allow(unsafe_code)] // OGR's C interface.
    pub fn crs(&self) -> Declared {
        // SAFETY: the layer is live and keeps its spatial reference.
        declared(unsafe { sys::OGR_L_GetSpatialRef(self.handle) })
    }

    /// Whether its features have places at all.
    #[must_use]
    #[allow(unsafe_code)] // OGR's C interface.
    pub fn has_geometry(&self) -> bool {
        // SAFETY: the layer is live.
        unsafe { sys::OGR_L_GetGeomType(self.handle) != sys::OGRwkbGeometryType::wkbNone }
    }

    /// The source's name for its geometry; `None` where the format has none.
    #[must_use]
    #[allow(unsafe_code)] // OGR's C interface.
    pub fn geometry_column(&self) -> Option<String> {
        // SAFETY: the layer is live.
        let name = text_of(unsafe { sys::OGR_L_GetGeometryColumn(self.handle) }).0;
        (!name.is_empty()).then_some(name)
    }

    /// Number of features where the format knows it without reading them all.
    #[must_use]
    #[allow(unsafe_code)] // OGR's C interface.
    pub fn count(&self) -> Option<u64> {
        // SAFETY: the layer is live; 0: not at any cost.
        u64::try_from(unsafe { sys::OGR_L_GetFeatureCount(self.handle, 0) }).ok()
    }

    /// The encoding that its texts were read from, where the format says it.
    #[must_use]
    #[allow(unsafe_code)] // OGR's C interface.
    pub fn encoding(&self) -> Option<String> {
        if self.driver != "ESRI Shapefile" {
            return None;
        }
        // SAFETY: the layer is live; both are C strings.
        let item = unsafe { sys::GDALGetMetadataItem(self.handle, c"SOURCE_ENCODING".as_ptr(), c"SHAPEFILE".as_ptr()) };
        let encoding = text_of(item).0;
        (!encoding.is_empty()).then_some(encoding)
    }

    /// The column of the features' numbers where these are part of the data, not their positions in the file.
    #[must_use]
    #[allow(unsafe_code)] // OGR's C interface.
    pub fn id_column(&self) -> Option<String> {
        // SAFETY: the layer is live.
        let name = text_of(unsafe { sys::OGR_L_GetFIDColumn(self.handle) }).0;
        (!name.is_empty()).then_some(name)
    }

    /// Reads the next feature into a row; `None` after the last.
    ///
    /// # Errors
    /// When GDAL stops before the end.
    #[allow(unsafe_code)] // OGR's C interface.
    pub fn next(&mut self, row: &mut Row) -> Result<Option<RowNotes>, OgrError> {
        row.clear();
        let mut notes = RowNotes::default();
        // SAFETY: the feature is ours until destroyed; values and geometry are copied before.
        unsafe {
            let feature = sys::OGR_L_GetNextFeature(self.handle);
            if feature.is_null() {
                return self.end().map(|()| None);
            }
            let mut column = 0;
            for field in &self.fields {
                if field.read == Read::Binary {
                    continue;
                }
                let reading = read_value(feature, field.index, field.read, column, row, &mut self.scratch);
                let expected = self.is_windows_1252 && reading == Reading::Guessed;
                notes.reading = notes.reading.max(if expected { Reading::Utf8 } else { reading });
                column += 1;
            }
            row.id = Some(FeatureId::Int(sys::OGR_F_GetFID(feature)));
            notes.shape = read_shape(sys::OGR_F_GetGeometryRef(feature), &mut row.shape);
            if self.driver == "GeoJSON" {
                self.scratch.clear();
                self.scratch.push_str(&text_of(sys::OGR_F_GetNativeData(feature)).0);
            }
            sys::OGR_F_Destroy(feature);
        }
        self.read += 1;
        Ok(Some(notes))
    }

    /// Says whether texts that are no UTF-8 are declared as what they then are: Windows-1252.
    pub fn expect_windows_1252(&mut self, yes: bool) {
        self.is_windows_1252 = yes;
    }

    /// Begins again with the first feature.
    #[allow(unsafe_code)] // OGR's C interface.
    pub fn rewind(&mut self) {
        // SAFETY: the layer is live.
        unsafe { sys::OGR_L_ResetReading(self.handle) }
        self.read = 0;
    }

    /// The last feature's own JSON, of a GeoJSON layer.
    #[must_use]
    pub fn native_json(&self) -> &str {
        if self.driver == "GeoJSON" { &self.scratch } else { "" }
    }

    fn end(&self) -> Result<(), OgrError> {
        let messages = errors::take_failures();
        if messages.is_empty() {
            return Ok(());
        }
        Err(OgrError::Stopped {
            read: self.read,
            messages,
        })
    }
}
