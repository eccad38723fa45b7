//! Loading, through the real loading process: what the shared data hold, both readers alike, and
//! every way in which a source can be wrong.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use terril::load::report::{FaultKind, IdSource};
use terril::load::{Job, LoadError, LoadedLayer, Loader, Reader, Settings};
use terril::model::crs::Crs;
use terril::model::feature::{FeatureId, FieldType};
use terril::ogr::transform::to_crs84;

fn shared(path: &str) -> PathBuf {
    let shared = std::env::var_os("TERRIL_SHARED").map_or_else(|| PathBuf::from("../shared"), PathBuf::from);
    shared.join("data").join(path)
}

fn loader() -> Loader {
    Loader::new(env!("CARGO_BIN_EXE_terril"))
}

fn run(job: &Job) -> Result<Vec<LoadedLayer>, LoadError> {
    loader().load_source(job, |_| {}, &AtomicBool::new(false))
}

/// A folder for base files, and the layers of a source in it.
fn load(source: &Path) -> (tempfile::TempDir, Vec<LoadedLayer>) {
    load_with(source, |_| {})
}

fn load_with(source: &Path, adjust: impl FnOnce(&mut Job)) -> (tempfile::TempDir, Vec<LoadedLayer>) {
    let out = tempfile::tempdir().unwrap();
    let mut job = Job::new(source, out.path());
    adjust(&mut job);
    let layers = run(&job).unwrap_or_else(|e| panic!("{e}"));
    (out, layers)
}

/// The only layer of a shared file.
fn shared_layer(path: &str) -> (tempfile::TempDir, LoadedLayer) {
    let (out, mut layers) = load(&shared(path));
    assert_eq!(layers.len(), 1, "{path}");
    (out, layers.remove(0))
}

fn write(folder: &tempfile::TempDir, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    path
}

fn refused(name: &str, content: impl AsRef<[u8]>) -> LoadError {
    let folder = tempfile::tempdir().unwrap();
    let path = write(&folder, name, content);
    let error = run(&Job::new(&path, folder.path().join("out"))).unwrap_err();
    assert!(error.to_string().contains(name), "{error}");
    error
}

fn collection(features: &[&str]) -> String {
    format!(
        "{{\"type\":\"FeatureCollection\",\"features\":[{}]}}",
        features.join(",\n")
    )
}

fn feature(id: &str, geometry: &str) -> String {
    format!("{{\"type\":\"Feature\",\"id\":{id},\"properties\":{{\"a\":{id}}},\"geometry\":{geometry}}}")
}

/// The coordinates of a base file, read from its section.
fn coordinates(layer: &LoadedLayer) -> Vec<[f64; 2]> {
    let bytes = fs::read(&layer.base).unwrap();
    let section = layer.directory.sections.iter().find(|s| s.name == "coords").unwrap();
    let number = |b: &[u8]| f64::from_le_bytes(b.try_into().unwrap());
    bytes[section.offset as usize..(section.offset + section.length) as usize]
        .chunks_exact(16)
        .map(|p| [number(&p[..8]), number(&p[8..])])
        .collect()
}

// --- what is there ---

#[test]
fn the_shared_data_have_their_counts() {
    for (path, count) in [
        ("bassin-minier/cites-minieres.geojson", 159),
        ("bassin-minier/zt-cites-minieres.geojson", 162),
        ("bassin-minier/terrils.geojson", 51),
        ("bassin-minier/zt-terrils.geojson", 111),
        ("bassin-minier/puits-de-mines.geojson", 636),
        ("bassin-minier/communes-mbm.geojson", 330),
        ("bassin-minier/epci.geojson", 9),
        ("bassin-minier/departements.geojson", 2),
        ("communes-62/communes-62-pas-de-calais.geojson", 891),
        ("communes-62/departement-62-pas-de-calais.geojson", 1),
        ("cadastre/cadastre-91027-parcelles.json", 6759),
        ("cadastre/cadastre-91326-parcelles.json", 2859),
        ("cadastre/27412-parcelles.geojson", 1990),
        ("qpv/qpv_2024_59_62.geojson", 158),
        ("messy/donnees-ademe-sites-pollues.geojson", 419),
        ("formats/cites_minieres.gml", 159),
        ("formats/cites_minieres.kml", 159),
        ("formats/parcelles_27412_wgs84.fgb", 1990),
        ("formats/shp_cp1252/communes_62_l93.shp", 891),
        ("formats/tab/cites_minieres.tab", 159),
        ("planning/ZONE_URBA.csv", 27),
    ] {
        let (_out, layer) = shared_layer(path);
        assert_eq!(layer.report.features, count, "{path}");
        assert_eq!(u64::from(layer.directory.rows), count, "{path}");
    }
}

#[test]
fn the_invalid_and_the_null_geometry_are_located() {
    let (_out, layer) = shared_layer("bassin-minier/zt-cites-minieres.geojson");
    // A point of it stands twice besides.
    let [fault, double] = layer.report.faults.as_slice() else {
        panic!("{:?}", layer.report.faults);
    };
    assert_eq!(
        (fault.kind, &fault.feature),
        (FaultKind::InvalidGeometry, &Some(FeatureId::Int(10010)))
    );
    assert_eq!(
        (double.kind, &double.feature),
        (FaultKind::DuplicatePoints, &fault.feature)
    );
    assert!(fault.place.is_some() && fault.area_before_m2.is_some() && fault.area_after_m2.is_some());
    assert_eq!(layer.report.repaired, 1);

    let (_out, layer) = shared_layer("bassin-minier/zt-cavaliers.geojson");
    let [fault] = layer.report.faults.as_slice() else {
        panic!("{:?}", layer.report.faults);
    };
    assert_eq!(fault.kind, FaultKind::NullGeometry);
    assert!(fault.feature.is_some());
    assert_eq!(layer.report.null_geometries, 1);
}

#[test]
fn the_74_invalid_qpv_are_repaired_and_none_is_lost() {
    let (_out, layer) = shared_layer("qpv/qpv_2024_59_62.geojson");
    assert_eq!((layer.report.repaired, layer.report.null_geometries), (74, 0));
    assert_eq!(layer.report.counts[&FaultKind::InvalidGeometry], 74);
}

#[test]
fn both_readers_of_geojson_give_the_same_layer() {
    let found = terril::load::sources::find(&[shared("")]).unwrap();
    let is_json = |p: &&PathBuf| p.extension().is_some_and(|e| e == "geojson" || e == "json");
    let mut compared = 0;
    let has_features = |p: &&PathBuf| !p.starts_with(shared("gazetteer"));
    for source in found.sources.iter().filter(is_json).filter(has_features) {
        let (_a, native) = load(source);
        let (_b, gdal) = load_with(source, |job| job.reader = Reader::Gdal);
        assert_eq!(native[0].report.driver, "native");
        assert_eq!(gdal[0].report.driver, "GeoJSON");
        let (native, gdal) = (&native[0], &gdal[0]);
        assert_eq!(native.directory.fields, gdal.directory.fields, "{}", source.display());
        assert_eq!(native.directory.content, gdal.directory.content, "{}", source.display());
        assert_eq!(native.directory.crs, gdal.directory.crs, "{}", source.display());
        assert_eq!(native.report.counts, gdal.report.counts, "{}", source.display());
        assert_eq!(native.report.ids, gdal.report.ids, "{}", source.display());
        compared += 1;
    }
    assert!(compared >= 27, "{compared}");
}

/// What two readers must agree on.
fn told(layer: &LoadedLayer) -> impl PartialEq + std::fmt::Debug + use<> {
    let directory = &layer.directory;
    (
        (
            directory.fields.clone(),
            directory.content.clone(),
            directory.crs.clone(),
        ),
        (
            layer.report.counts.clone(),
            layer.report.ids.clone(),
            layer.report.null_geometries,
        ),
    )
}

/// The shared data in another format, as far as `ogr2ogr` makes one file of a source.
fn turned_into(format: &str, extension: &str, options: &[&str], folder: &Path) -> Vec<PathBuf> {
    let found = terril::load::sources::find(&[shared("")]).unwrap();
    let mut files = vec![];
    for source in &found.sources {
        let to = folder.join(format!("{}.{extension}", files.len()));
        let kinds = ["geojson", "gpkg", "shp", "kml", "gml", "TAB", "fgb"];
        if !source.extension().is_some_and(|e| kinds.iter().any(|kind| e == *kind)) {
            continue;
        }
        // Every second file with an option, such as an index, every second without.
        let options = if files.len().is_multiple_of(2) { options } else { &[] };
        let gdal = std::process::Command::new("ogr2ogr")
            .args(["-f", format])
            .args(options)
            .args([&to, source])
            .output()
            .unwrap();
        if gdal.status.success() && to.is_file() {
            files.push(to);
        }
    }
    files
}

/// Both readers give the same of each file; says how many were read natively.
fn compared(files: &[PathBuf], driver: &str) -> usize {
    let mut natively = 0;
    for path in files {
        let (_a, ours) = load(path);
        let (_b, gdal) = load_with(path, |job| job.reader = Reader::Gdal);
        assert_eq!(ours.len(), gdal.len(), "{}", path.display());
        for (ours, gdal) in ours.iter().zip(&gdal) {
            assert_eq!(told(ours), told(gdal), "{}", path.display());
            assert_eq!(gdal.report.driver, driver);
        }
        natively += usize::from(ours[0].report.driver == "native");
    }
    natively
}

#[test]
fn both_readers_of_flatgeobuf_give_the_same_layer() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = turned_into("FlatGeobuf", "fgb", &["-lco", "SPATIAL_INDEX=NO"], folder.path());
    files.push(shared("formats/parcelles_27412_wgs84.fgb"));
    let natively = compared(&files, "FlatGeobuf");
    assert!(natively >= 25, "{natively} of {}", files.len());
    assert!(natively < files.len(), "dates are GDAL's");
}

#[test]
fn both_readers_of_geopackages_give_the_same_layers() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = turned_into(
        "GPKG",
        "gpkg",
        &["-lco", "GEOMETRY_NAME=the geom", "-lco", "FID=n°"],
        folder.path(),
    );
    for kept in ["edigeo_25354_parcelles_l93.gpkg", "parcelles_27412_l93.gpkg"] {
        files.push(shared(&format!("formats/{kept}")));
    }
    let natively = compared(&files, "GPKG");
    assert!(natively >= 25, "{natively} of {}", files.len());
    assert!(natively < files.len(), "dates are GDAL's");
}

#[test]
fn damaged_flatgeobuf_is_read_as_gdal_reads_it() {
    let whole = fs::read(shared("formats/parcelles_27412_wgs84.fgb")).unwrap();
    let mut state = 20_261_122u64;
    let mut random = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let (mut read, mut refused) = (0, 0);
    for n in 0..24 {
        let folder = tempfile::tempdir().unwrap();
        let mut bytes = whole.clone();
        if n % 4 == 0 {
            bytes.truncate(random(whole.len()));
        }
        for _ in 0..n % 3 {
            let at = random(bytes.len());
            bytes[at] ^= 1 << random(8);
        }
        let path = write(&folder, "damaged.fgb", &bytes);
        let layers = |reader| {
            let mut job = Job::new(&path, folder.path().join(format!("{reader:?}")));
            job.reader = reader;
            run(&job).map_err(|error| error.to_string())
        };
        match (layers(Reader::Auto), layers(Reader::Gdal)) {
            (Ok(ours), Ok(gdal)) => {
                assert_eq!(told(&ours[0]), told(&gdal[0]), "{n}");
                read += 1;
            }
            (ours, gdal) => {
                assert_eq!(ours.map(|_| ()), gdal.map(|_| ()), "{n}");
                refused += 1;
            }
        }
    }
    assert!(read > 3 && refused > 3, "{read} read, {refused} refused");
}

#[test]
fn both_readers_give_the_same_of_bare_texts_and_sequences() {
    let folder = tempfile::tempdir().unwrap();
    let point = r#"{"type":"Point","coordinates":[2.5,50.4]}"#;
    let polygon = r#"{"type":"Polygon","coordinates":[[[2,50],[3,50],[3,51],[2,50]]]}"#;
    let of = |n: u32, geometry: &str| {
        format!(r#"{{"type":"Feature","properties":{{"n":{n},"t":"é{n}"}},"geometry":{geometry}}}"#)
    };
    let crs = of(1, r#"{"type":"Point","coordinates":[686000,7040000]}"#).replace(
        r#""type":"Feature","#,
        r#""type":"Feature","crs":{"type":"EPSG","properties":{"code":2154}},"#,
    );
    for (name, text, format, features) in [
        ("feature.geojson", of(1, point), "GeoJSON", 1),
        ("mark.json", format!("\u{feff}{}", of(1, polygon)), "GeoJSON", 1),
        ("geometry.geojson", polygon.to_owned(), "GeoJSON", 1),
        (
            "collection.geojson",
            format!(r#"{{"type":"GeometryCollection","geometries":[{point},{polygon}]}}"#),
            "GeoJSON",
            1,
        ),
        ("crs.geojson", crs, "GeoJSON", 1),
        (
            "lines.geojsonl",
            format!("{}\n{}\n", of(1, point), of(2, polygon)),
            "GeoJSONSeq",
            2,
        ),
        (
            "records.geojsons",
            format!("\u{1e}{}\n\u{1e}{}\n", of(1, point), of(2, point)),
            "GeoJSONSeq",
            2,
        ),
    ] {
        let source = write(&folder, name, text);
        let (_a, native) = load(&source);
        let (_b, gdal) = load_with(&source, |job| job.reader = Reader::Gdal);
        let (native, gdal) = (&native[0], &gdal[0]);
        assert_eq!(
            (native.report.driver.as_str(), gdal.report.driver.as_str()),
            ("native", format),
            "{name}"
        );
        assert_eq!(
            (native.report.format.as_str(), native.report.features),
            (format, features),
            "{name}"
        );
        let fields = |l: &LoadedLayer| {
            l.directory
                .fields
                .iter()
                .map(|f| (f.name.clone(), f.kind))
                .collect::<Vec<_>>()
        };
        assert_eq!(fields(native), fields(gdal), "{name}");
        assert_eq!(native.directory.content, gdal.directory.content, "{name}");
        assert_eq!(native.report.crs, gdal.report.crs, "{name}");
    }
}

#[test]
fn lambert_93_and_flatgeobuf_are_the_same_parcels() {
    let (_a, original) = shared_layer("cadastre/27412-parcelles.geojson");
    let expected = coordinates(&original);
    let (_b, fgb) = shared_layer("formats/parcelles_27412_wgs84.fgb");
    assert_eq!(coordinates(&fgb), expected, "FlatGeobuf keeps every bit");
    let (_c, gpkg) = shared_layer("formats/parcelles_27412_l93.gpkg");
    assert_eq!(gpkg.report.crs, Crs::Epsg(2154));
    let mut found = coordinates(&gpkg);
    to_crs84(&gpkg.report.crs, &mut found).unwrap();
    assert_within_a_millimetre(&found, &expected);
}

#[test]
fn a_lambert_93_shapefile_is_the_same_communes() {
    let (_a, original) = shared_layer("communes-62/communes-62-pas-de-calais.geojson");
    let (_b, shapefile) = shared_layer("formats/shp_cp1252/communes_62_l93.shp");
    let sorted = |mut points: Vec<[f64; 2]>| {
        points.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
        points
    };
    let mut found = coordinates(&shapefile);
    to_crs84(&Crs::Epsg(2154), &mut found).unwrap();
    // Shapefiles wind and begin their rings otherwise: the same points, rounded to order them alike.
    let rounded = |points: Vec<[f64; 2]>| sorted(points.iter().map(|p| p.map(|v| (v * 1e5).round())).collect());
    let (mut a, mut b) = (rounded(found), rounded(coordinates(&original)));
    a.dedup();
    b.dedup();
    assert_eq!(a, b);
}

/// A millimetre is 9e-9 degrees of latitude.
fn assert_within_a_millimetre(found: &[[f64; 2]], expected: &[[f64; 2]]) {
    assert_eq!(found.len(), expected.len());
    for (a, b) in found.iter().zip(expected) {
        assert!(
            (a[0] - b[0]).abs() < 1.3e-8 && (a[1] - b[1]).abs() < 9e-9,
            "{a:?} {b:?}"
        );
    }
}

#[test]
fn systems_in_other_words_are_recognised() {
    for (path, epsg) in [
        ("formats/edigeo_25354_parcelles_l93.gpkg", 2154),
        ("planning/shp_latin1/PRESCRIPTION_PCT.shp", 2154),
        ("planning/30014_PLU/30014_ZONE_URBA_20171013.shp", 2154),
        ("formats/shp_cc50/cites_minieres_cc50.shp", 3950),
        ("formats/cites_minieres_l93_crs_member.geojson", 2154),
    ] {
        let (_out, layers) = load(&shared(path));
        assert_eq!(layers[0].report.crs, Crs::Epsg(epsg), "{path}");
    }
}

#[test]
fn windows_1252_without_a_declaration_is_read() {
    let (_out, layer) = shared_layer("formats/shp_cp1252/communes_62_l93.shp");
    assert_eq!(layer.report.counts.get(&FaultKind::LostCharacters), None);
    let bytes = fs::read(&layer.base).unwrap();
    let has = |text: &str| bytes.windows(text.len()).any(|w| w == text.as_bytes());
    assert!(has("Nœux-les-Mines") && has("Béthune"));
}

#[test]
fn layers_of_a_container_come_one_by_one() {
    let (_out, layers) = load(&shared("formats/edigeo_25354_parcelles_l93.gpkg"));
    let names: Vec<_> = layers.iter().map(|l| (l.name.as_str(), l.report.features)).collect();
    assert_eq!(names, [("parcelle", 511), ("batiment", 252)]);
    assert_eq!(layers[0].report.ids, IdSource::RoleKey("IDU".into()));
    assert_eq!(layers[1].report.ids, IdSource::Native);
    let (_out, one) = load_with(&shared("formats/edigeo_25354_parcelles_l93.gpkg"), |job| {
        job.layer = Some("batiment".into());
    });
    assert_eq!(one.len(), 1);
}

#[test]
fn a_crs_from_the_settings_overrules() {
    let (_out, layers) = load_with(&shared("formats/cites_minieres_l93_wkt.csv"), |job| {
        let settings = Settings {
            crs: Some("EPSG:2154".into()),
            ..Settings::default()
        };
        job.by_layer.insert("cites_minieres_l93_wkt".into(), settings);
    });
    assert_eq!(
        (layers[0].report.features, &layers[0].report.crs),
        (159, &Crs::Epsg(2154))
    );
    assert!(!layers[0].report.counts.contains_key(&FaultKind::CrsAssumed));
}

// --- ids and values ---

#[test]
fn ids_stay_as_they_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let point = "{\"type\":\"Point\",\"coordinates\":[2,50]}";
    let path = write(
        &folder,
        "ids.geojson",
        collection(&[&feature("\"0\"", point), &feature("\"1\"", point)]),
    );
    for reader in [Reader::Auto, Reader::Gdal] {
        let (_out, layers) = load_with(&path, |job| job.reader = reader);
        assert_eq!(layers[0].report.ids, IdSource::Native);
        let names: Vec<_> = layers[0].directory.sections.iter().map(|s| s.name.as_str()).collect();
        assert!(names.contains(&"id.bytes"), "{reader:?}: text stays text");
    }
}

#[test]
fn dates_times_and_lists_have_their_types() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(
        &folder,
        "types.geojson",
        r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":
            {"d":"2026-11-21","t":"2026-11-21T10:00:00Z","l":[1,2],"b":true,"n":1,"x":1.5,"s":"a"},"geometry":null}]}"#,
    );
    for reader in [Reader::Auto, Reader::Gdal] {
        let (_out, layers) = load_with(&path, |job| job.reader = reader);
        let kinds: Vec<_> = layers[0].directory.fields.iter().map(|f| f.kind).collect();
        use FieldType::{Bool, Date, DateTime, Float, Int, Json, Text};
        assert_eq!(kinds, [Date, DateTime, Json, Bool, Int, Float, Text], "{reader:?}");
    }
}

#[test]
fn every_fault_is_counted_and_its_feature_named() {
    let polygon = |points: &str| format!("{{\"type\":\"Polygon\",\"coordinates\":[[{points}]]}}");
    let folder = tempfile::tempdir().unwrap();
    let features = [
        feature("1", &polygon("[0,0],[2,2],[2,0],[0,2],[0,0]")),
        feature("2", "null"),
        feature("3", "{\"type\":\"Point\",\"coordinates\":[NaN,1]}"),
        feature("4", "{\"type\":\"Point\",\"coordinates\":[200,1]}"),
        feature("5", &polygon("[0,0],[1,0],[1,1]")),
        feature("6", &polygon("[0,0],[1,0],[0,0]")),
        feature("7", &polygon("[0,0],[1,0],[2,0],[0,0]")),
        feature("8", "{\"type\":\"Point\",\"coordinates\":[1,1,9]}"),
        feature("8", "{\"type\":\"Point\",\"coordinates\":\"here\"}"),
        feature(
            "9",
            "{\"type\":\"GeometryCollection\",\"geometries\":[{\"type\":\"Point\",\"coordinates\":[1,1]},{\"type\":\"LineString\",\"coordinates\":[[1,1],[2,2]]}]}",
        ),
        "7".to_owned(),
    ];
    let features: Vec<&str> = features.iter().map(String::as_str).collect();
    let path = write(&folder, "faults.geojson", collection(&features));
    let (_out, layers) = load(&path);
    let report = &layers[0].report;
    assert_eq!(report.features, 10);
    use FaultKind as K;
    for (kind, id) in [
        (K::InvalidGeometry, Some("1")),
        (K::NullGeometry, Some("2")),
        (K::NotFinite, Some("3")),
        (K::OutOfRange, Some("4")),
        (K::UnclosedRing, Some("5")),
        (K::TooFewPoints, Some("6")),
        (K::UnrepairableGeometry, Some("7")),
        (K::ThirdDimension, None),
        (K::DuplicateId, Some("8-2")),
        (K::MixedCollection, Some("9")),
        (K::UnreadableFeature, None),
    ] {
        let fault = report
            .faults
            .iter()
            .find(|f| f.kind == kind)
            .unwrap_or_else(|| panic!("{kind:?}"));
        let found = fault.feature.as_ref().map(ToString::to_string);
        assert_eq!(found.as_deref(), id, "{kind:?}");
        assert!(!fault.message.is_empty() && !fault.message_fr.is_empty());
    }
    let bow = report.faults.iter().find(|f| f.kind == K::InvalidGeometry).unwrap();
    assert_eq!(bow.place, Some([1.0, 1.0]));
    let unclosed = report.faults.iter().find(|f| f.kind == K::UnreadableFeature).unwrap();
    assert!(unclosed.message.contains("line 11"), "{}", unclosed.message);
}

// --- what is wrong ---

#[test]
fn wrong_files_are_refused_with_a_reason() {
    let point = feature("1", "{\"type\":\"Point\",\"coordinates\":[2,50]}");
    assert!(matches!(refused("empty.geojson", ""), LoadError::Empty { .. }));
    assert!(matches!(
        refused("prose.geojson", "This is not geodata."),
        LoadError::NotGeodata { .. }
    ));
    assert!(matches!(
        refused("script.geojson", "var x = {}"),
        LoadError::NotGeodata { .. }
    ));
    assert!(matches!(refused("noise.gpkg", [7; 4096]), LoadError::NotGeodata { .. }));
    assert!(matches!(
        refused("noise.fgb", b"fgb\x03fgb\x00noise noise noise"),
        LoadError::NotGeodata { .. }
    ));
    assert!(matches!(
        refused("deep.geojson", "[".repeat(100_000)),
        LoadError::NotGeodata { .. }
    ));
    let cut = collection(&[&point, &point]);
    assert!(matches!(
        refused("cut.geojson", &cut[..cut.len() - 20]),
        LoadError::Broken { .. }
    ));
    let vrt = "<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>";
    assert!(matches!(refused("points.vrt", vrt), LoadError::NotGeodata { .. }));
    assert!(matches!(refused("points.gml", vrt), LoadError::NotGeodata { .. }));
    let gml = fs::read(shared("formats/cites_minieres.gml")).unwrap();
    assert!(matches!(
        refused("cut.gml", &gml[..gml.len() / 2]),
        LoadError::Broken { .. }
    ));
}

#[test]
fn a_truncated_flatgeobuf_is_refused() {
    let whole = fs::read(shared("formats/parcelles_27412_wgs84.fgb")).unwrap();
    let error = refused("cut.fgb", &whole[..whole.len() / 2]);
    assert!(
        matches!(error, LoadError::Broken { .. } | LoadError::NotGeodata { .. }),
        "{error}"
    );
}

#[test]
fn an_unknown_crs_is_refused_and_the_remedy_named() {
    let point = feature("1", "{\"type\":\"Point\",\"coordinates\":[2,50]}");
    let text = format!(
        "{{\"crs\":{{\"type\":\"name\",\"properties\":{{\"name\":\"urn:ogc:def:crs:EPSG::999999\"}}}},\"features\":[{point}]}}"
    );
    let error = refused("martian.geojson", text);
    assert!(matches!(error, LoadError::Crs { .. }));
    assert!(error.to_string().contains("[layer.martian] crs = "), "{error}");
}

/// A feature collection of points, `ex` and what stands in `crs` around.
fn points(crs: &str, places: &[[f64; 2]]) -> String {
    let feature = |(i, [x, y]): (usize, &[f64; 2])| {
        format!(
            "{{\"type\":\"Feature\",\"properties\":{{\"id\":{i}}},\"geometry\":{{\"type\":\"Point\",\"coordinates\":[{x},{y}]}}}}"
        )
    };
    let features: Vec<String> = places.iter().enumerate().map(feature).collect();
    let crs = if crs.is_empty() {
        String::new()
    } else {
        format!("\"crs\":{{\"type\":\"name\",\"properties\":{{\"name\":\"{crs}\"}}}},")
    };
    format!(
        "{{\"type\":\"FeatureCollection\",{crs}\"features\":[{}]}}",
        features.join(",")
    )
}

#[test]
fn a_place_at_zero_is_no_place_where_the_others_lie_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let check = |name: &str, crs: &str, places: &[[f64; 2]], lost: u64| {
        let (_out, layers) = load(&write(&folder, name, points(crs, places)));
        let report = &layers[0].report;
        let found = report.counts.get(&FaultKind::NullIsland).copied().unwrap_or(0);
        assert_eq!((found, report.null_geometries), (lost, lost), "{name}");
        let rows: Vec<u64> = report
            .faults
            .iter()
            .filter(|f| f.kind == FaultKind::NullIsland)
            .filter_map(|f| f.row)
            .collect();
        assert_eq!(rows.len() as u64, lost, "{name}");
        assert!(rows.iter().all(|r| places[*r as usize] == [0.0, 0.0]), "{name}");
    };
    let lens = [2.83, 50.43];
    check("degrees.geojson", "", &[lens, [0.0, 0.0], [2.9, 50.4], [0.0, 0.0]], 2);
    check(
        "metres.geojson",
        "urn:ogc:def:crs:EPSG::3950",
        &[[0.0, 0.0], [1_677_000.0, 9_245_000.0]],
        1,
    );
    check("none.geojson", "", &[lens], 0);
    // Around the place where the equator meets the meridian of Greenwich it is a place like others.
    check("gulf.geojson", "", &[[-1.0, 1.0], [0.0, 0.0], [1.0, -1.0]], 0);
    let error = refused("nowhere.geojson", points("", &[[0.0, 0.0], [0.0, 0.0]]));
    assert!(error.to_string().contains("0 0"), "{error}");
}

#[test]
fn swapped_axes_are_refused_unless_the_settings_say_so() {
    let swapped = points("", &[[50.43, 2.83], [50.4, 2.9]]);
    let error = refused("swapped.geojson", &swapped);
    assert!(matches!(error, LoadError::Swapped { .. }), "{error}");
    let folder = tempfile::tempdir().unwrap();
    let path = write(&folder, "somalia.geojson", &swapped);
    let (_out, layers) = load_with(&path, |job| {
        let settings = Settings {
            crs: Some("EPSG:4326".into()),
            ..Settings::default()
        };
        job.settings = settings;
    });
    assert_eq!(layers[0].report.null_geometries, 0);
}

#[test]
fn metres_without_a_crs_are_refused_with_a_guess() {
    let lambert = feature("1", "{\"type\":\"Point\",\"coordinates\":[677680,7036400]}");
    let error = refused("lens.geojson", collection(&[&lambert]));
    assert!(
        error.to_string().contains("Lambert-93") && error.to_string().contains("EPSG:2154"),
        "{error}"
    );
    let error = refused("lens.csv", "id,WKT\n1,\"POINT (677680 7036400)\"\n");
    assert!(error.to_string().contains("crs = \"EPSG:2154\""), "{error}");
}

#[test]
fn degrees_in_a_metric_system_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let point = feature("1", "{\"type\":\"Point\",\"coordinates\":[2.6,50.4]}");
    let path = write(&folder, "degrees.geojson", collection(&[&point]));
    let mut job = Job::new(&path, folder.path().join("out"));
    job.settings.crs = Some("EPSG:2154".into());
    assert!(run(&job).unwrap_err().to_string().contains("EPSG:4326"));
}

#[test]
fn a_field_or_layer_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut job = Job::new(shared("bassin-minier/terrils.geojson"), folder.path());
    job.settings.id_field = Some("no_terrill".into());
    let error = run(&job).unwrap_err().to_string();
    assert!(error.contains("no_terril"), "{error}");
    let mut job = Job::new(shared("formats/edigeo_25354_parcelles_l93.gpkg"), folder.path());
    job.layer = Some("parcelles".into());
    assert!(run(&job).unwrap_err().to_string().contains("parcelle, batiment"));
}

#[test]
fn what_can_not_be_opened_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let missing = run(&Job::new(folder.path().join("x.gpkg"), folder.path())).unwrap_err();
    assert!(matches!(missing, LoadError::Unreadable { .. }));
    let a_folder = run(&Job::new(folder.path(), folder.path().join("out"))).unwrap_err();
    assert!(matches!(a_folder, LoadError::NotGeodata { .. }));
    let looped = folder.path().join("self.geojson");
    std::os::unix::fs::symlink(&looped, &looped).unwrap();
    let looped = run(&Job::new(&looped, folder.path().join("out"))).unwrap_err();
    assert!(matches!(looped, LoadError::Unreadable { .. }));
}

/// A collection that is long enough for progress to be said.
fn long_source(folder: &tempfile::TempDir) -> PathBuf {
    let square = |i: u32| {
        let (x, y) = (f64::from(i % 300) / 1e3, f64::from(i / 300) / 1e3);
        let ring = [[x, y], [x + 1e-4, y], [x + 1e-4, y + 1e-4], [x, y]];
        feature(
            &i.to_string(),
            &format!("{{\"type\":\"Polygon\",\"coordinates\":[{ring:?}]}}"),
        )
    };
    let features: Vec<String> = (0..90_000).map(square).collect();
    let features: Vec<&str> = features.iter().map(String::as_str).collect();
    write(folder, "long.geojson", collection(&features))
}

#[test]
fn a_file_that_changes_while_it_is_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = long_source(&folder);
    let mut changed = false;
    let touch = |_| {
        if !changed {
            changed = true;
            let mut text = fs::read(&path).unwrap();
            text.push(b'\n');
            fs::write(&path, text).unwrap();
        }
    };
    let error = loader()
        .load_source(
            &Job::new(&path, folder.path().join("out")),
            touch,
            &AtomicBool::new(false),
        )
        .unwrap_err();
    assert!(matches!(error, LoadError::Changed { .. }), "{error}");
}

#[test]
fn a_load_that_is_given_up_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = long_source(&folder);
    let out = folder.path().join("out");
    let cancel = AtomicBool::new(false);
    let error = loader()
        .load_source(
            &Job::new(&path, &out),
            |_| cancel.store(true, Ordering::Relaxed),
            &cancel,
        )
        .unwrap_err();
    assert!(matches!(error, LoadError::Cancelled { .. }), "{error}");
    assert_eq!(fs::read_dir(out).unwrap().count(), 0);
}

#[test]
fn a_load_over_its_memory_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = long_source(&folder);
    for megabytes in [16, 64, 110, 130] {
        let mut job = Job::new(&path, folder.path().join("out"));
        job.limits.memory_bytes = megabytes << 20;
        match run(&job) {
            Err(LoadError::OverMemory { .. }) => {}
            Err(error) => panic!("{megabytes} MiB: {error}"),
            Ok(_) => assert!(megabytes > 100, "{megabytes} MiB were enough"),
        }
    }
}

/// A program that stands for a loading process.
fn stand_in(folder: &tempfile::TempDir, script: &str) -> Loader {
    let path = write(folder, "loader.sh", format!("#!/bin/sh\n{script}\n"));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    Loader::new(path)
}

#[test]
fn the_end_of_a_loading_process_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let source = write(&folder, "a.geojson", collection(&[]));
    let end = |script: &str, time: Duration| {
        let mut job = Job::new(&source, folder.path().join("out"));
        job.limits.time = time;
        stand_in(&folder, script)
            .load_source(&job, |_| {}, &AtomicBool::new(false))
            .unwrap_err()
    };
    let hour = Duration::from_secs(3600);
    let killed = end("kill -9 $$", hour);
    assert!(killed.to_string().contains("signal 9"), "{killed}");
    assert!(end("exit 7", hour).to_string().contains("exit code 7"));
    // An end without an answer is no success.
    assert!(matches!(end("exit 0", hour), LoadError::Ended { .. }));
    let memory = end("echo 'memory allocation of 5 bytes failed' >&2; kill -6 $$", hour);
    assert!(matches!(memory, LoadError::OverMemory { .. }));
    // It would never end by itself.
    assert!(matches!(
        end("while :; do :; done", Duration::from_millis(100)),
        LoadError::OverTime { .. }
    ));
    let absent = Loader::new(folder.path().join("absent"));
    let job = Job::new(&source, folder.path().join("out"));
    let error = absent.load_source(&job, |_| {}, &AtomicBool::new(false)).unwrap_err();
    assert!(matches!(error, LoadError::Start { .. }));
}

// --- the second time ---

#[test]
fn an_unchanged_source_is_not_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let point = feature("1", "{\"type\":\"Point\",\"coordinates\":[2,50]}");
    let path = write(&folder, "a.geojson", collection(&[&point]));
    let first = run(&Job::new(&path, &out)).unwrap();
    let nobody = Loader::new(folder.path().join("absent"));
    let again = |job: &Job| nobody.load_source(job, |_| {}, &AtomicBool::new(false));
    assert_eq!(again(&Job::new(&path, &out)).unwrap(), first);
    // Other settings, other content, a result that is not whole: each is read anew.
    let mut other = Job::new(&path, &out);
    other.settings.id_field = Some("a".into());
    assert!(matches!(again(&other), Err(LoadError::Start { .. })));
    fs::write(&path, collection(&[&point, &point])).unwrap();
    assert!(matches!(again(&Job::new(&path, &out)), Err(LoadError::Start { .. })));
    let second = run(&Job::new(&path, &out)).unwrap();
    fs::remove_file(&second[0].base).unwrap();
    assert!(matches!(again(&Job::new(&path, &out)), Err(LoadError::Start { .. })));
    terril::load::cache::prune(&out, &[]).unwrap();
    assert_eq!(fs::read_dir(out).unwrap().count(), 0);
}

#[test]
fn a_changed_sidecar_is_a_changed_source() {
    let folder = tempfile::tempdir().unwrap();
    for extension in ["shp", "shx", "dbf", "prj"] {
        let name = format!("shp_cp1252/communes_62_l93.{extension}");
        fs::copy(
            shared("formats").join(name),
            folder.path().join(format!("c.{extension}")),
        )
        .unwrap();
    }
    let job = Job::new(folder.path().join("c.shp"), folder.path().join("out"));
    let before = terril::load::cache::cache_key(&job);
    assert_eq!(before, terril::load::cache::cache_key(&job));
    write(&folder, "c.cpg", "1252");
    assert_ne!(before, terril::load::cache::cache_key(&job));
}
