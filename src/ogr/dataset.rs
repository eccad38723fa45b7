//! Opening a file with the drivers that are allowed, and no other.
//!
//! The list is fixed: files that hold their data themselves. Nothing that points elsewhere (VRT),
//! nothing that asks the network.

use std::ffi::{CString, c_char};
use std::path::Path;
use std::ptr;
use std::sync::Once;

use gdal_sys as sys;

use super::layer::Layer;
use super::{OgrError, c_string, errors, text_of};

/// The drivers that may read a source, in the order in which they are tried.
pub const DRIVERS: [&str; 13] = [
    "ESRI Shapefile",
    "GPKG",
    "FlatGeobuf",
    "GeoJSON",
    "GeoJSONSeq",
    "CSV",
    "LIBKML",
    "KML",
    "GML",
    "MapInfo File",
    "EDIGEO",
    "ODS",
    "XLSX",
];

/// Open options: values as the file has them, and no file written beside it.
const OPTIONS: [&str; 9] = [
    "DATE_AS_STRING=YES",
    "NATIVE_DATA=YES",
    "WRITE_GFS=NO",
    "XSD=",
    "SEPARATOR=AUTO",
    "GEOM_POSSIBLE_NAMES=WKT,geom,geometry,geometrie,the_geom,wkt_geom,geomsurf,geompoint",
    "KEEP_GEOM_COLUMNS=NO",
    "X_POSSIBLE_NAMES=longitude,lon,x_wgs84",
    "Y_POSSIBLE_NAMES=latitude,lat,y_wgs84",
];

/// `GDAL_OF_VECTOR` and `GDAL_OF_VERBOSE_ERROR` of `gdal.h`, which are macros there.
const OPEN_VECTOR: u32 = 0x04;
const OPEN_VERBOSE: u32 = 0x40;

/// A file open for reading; closed when dropped.
#[derive(Debug)]
pub struct Dataset {
    handle: sys::GDALDatasetH,
}

/// How a shapefile is opened; other formats take no notice.
#[derive(Debug, Clone, Copy, Default)]
pub struct Opening {
    /// The encoding of its texts, instead of what it declares; empty for the bytes as they are.
    pub encoding: Option<&'static str>,
    /// Whether a missing index is made anew, in the folder of the file.
    pub makes_index: bool,
}

impl Dataset {
    /// Opens a file for reading, by its content and name, with one of [`DRIVERS`].
    ///
    /// # Errors
    /// When none of them recognises it.
    #[allow(unsafe_code)] // GDAL's C interface.
    pub fn open(path: &Path, opening: Opening) -> Result<Self, OgrError> {
        register();
        let restores = if opening.makes_index { c"YES" } else { c"NO" };
        // SAFETY: both are C strings; GDAL copies them.
        unsafe { sys::CPLSetThreadLocalConfigOption(c"SHAPE_RESTORE_SHX".as_ptr(), restores.as_ptr()) }
        let name = c_string(&path.to_string_lossy())?;
        let allowed: Vec<CString> = DRIVERS.iter().map(|d| c_string(d)).collect::<Result<_, _>>()?;
        let wanted = options_for(path);
        let mut options: Vec<CString> = wanted.iter().map(|o| c_string(o)).collect::<Result<_, _>>()?;
        if let Some(encoding) = opening.encoding {
            options.push(c_string(&format!("ENCODING={encoding}"))?);
        }
        errors::take();
        // SAFETY: the lists end with a null pointer and outlive the call.
        let handle = unsafe {
            sys::GDALOpenEx(
                name.as_ptr(),
                OPEN_VECTOR | OPEN_VERBOSE,
                pointers(&allowed).as_ptr(),
                pointers(&options).as_ptr(),
                ptr::null(),
            )
        };
        if handle.is_null() {
            return Err(OgrError::NotRecognised(errors::take_failures()));
        }
        Ok(Self { handle })
    }

    /// The driver's name.
    #[must_use]
    #[allow(unsafe_code)] // GDAL's C interface.
    pub fn driver(&self) -> String {
        // SAFETY: the dataset is open; GDAL answers with a string of its own.
        text_of(unsafe { sys::GDALGetDriverShortName(sys::GDALGetDatasetDriver(self.handle)) }).0
    }

    /// Number of layers.
    #[must_use]
    #[allow(unsafe_code)] // GDAL's C interface.
    pub fn layer_count(&self) -> usize {
        // SAFETY: the dataset is open.
        usize::try_from(unsafe { sys::GDALDatasetGetLayerCount(self.handle) }).unwrap_or(0)
    }

    /// A layer by position; `None` past the last.
    #[must_use]
    #[allow(unsafe_code)] // GDAL's C interface.
    pub fn layer(&self, i: usize) -> Option<Layer<'_>> {
        let i = i32::try_from(i).ok()?;
        // SAFETY: the dataset is open; the layer borrows it.
        let handle = unsafe { sys::GDALDatasetGetLayer(self.handle, i) };
        (!handle.is_null()).then(|| Layer::new(handle, self.driver()))
    }
}

impl Drop for Dataset {
    #[allow(unsafe_code)] // GDAL's C interface.
    fn drop(&mut self) {
        // SAFETY: opened by us, closed once.
        unsafe { sys::GDALClose(self.handle) }
    }
}

/// The options that concern the file's format; GDAL warns of others.
fn options_for(path: &Path) -> Vec<&'static str> {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let wanted: &[usize] = match extension.as_str() {
        "json" | "geojson" => &[0, 1],
        "gml" => &[2],
        "csv" | "tsv" | "txt" => &[4, 5, 6, 7, 8],
        _ => &[],
    };
    wanted.iter().map(|&i| OPTIONS[i]).collect()
}

fn pointers(texts: &[CString]) -> Vec<*const c_char> {
    texts.iter().map(|t| t.as_ptr()).chain([ptr::null()]).collect()
}

/// Registers the allowed drivers, once, and removes every other.
#[allow(unsafe_code)] // GDAL's C interface.
fn register() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        errors::quiet();
        for (key, value) in [
            (c"GDAL_DRIVER_PATH", c"disable"),
            (c"GML_SKIP_RESOLVE_ELEMS", c"ALL"),
            (c"GML_FETCH_ALL_GEOMETRIES", c"NO"),
            (c"OGR_GEOJSON_MAX_OBJ_SIZE", c"0"),
            (c"GDAL_DISABLE_READDIR_ON_OPEN", c"NO"),
        ] {
            // SAFETY: both are C strings; GDAL copies them.
            unsafe { sys::CPLSetConfigOption(key.as_ptr(), value.as_ptr()) }
        }
        // SAFETY: registering and removing drivers, from one thread at a time (`Once`).
        unsafe {
            sys::GDALAllRegister();
            for i in (0..sys::GDALGetDriverCount()).rev() {
                let driver = sys::GDALGetDriver(i);
                let name = text_of(sys::GDALGetDriverShortName(driver)).0;
                if !DRIVERS.contains(&name.as_str()) {
                    sys::GDALDeregisterDriver(driver);
                }
            }
        }
    });
}
