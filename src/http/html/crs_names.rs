//! Names of coordinate systems as their users know them, for those that collections list.

/// The system of GeoJSON.
pub(super) const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

/// The name of a system by its URI, always with its code; the code alone where no name is known here.
pub(super) fn crs_name(uri: &str) -> String {
    if uri == CRS84 {
        return "WGS 84, longitude, latitude (CRS84)".to_owned();
    }
    let Some(code) = uri.strip_prefix("http://www.opengis.net/def/crs/EPSG/0/") else {
        return uri.to_owned();
    };
    let zone = |first: u32| {
        code.parse::<u32>()
            .ok()
            .filter(|c| (first..first + 9).contains(c))
            .map(|c| c - first + 42)
    };
    let name = match code {
        "4326" => "WGS 84, latitude, longitude",
        "3857" => "WGS 84 / Pseudo-Mercator",
        "2154" => "RGF93 v1 / Lambert-93",
        "9793" => "RGF93 v2 / Lambert-93",
        "9794" => "RGF93 v2b / Lambert-93",
        "27572" => "NTF (Paris) / Lambert zone II",
        "27561" => "NTF (Paris) / Lambert Nord France",
        "4171" => "RGF93 v1",
        "4258" => "ETRS89",
        "3035" => "ETRS89-extended / LAEA Europe",
        "5490" => "RGAF09 / UTM zone 20N",
        "4559" => "RRAF 1991 / UTM zone 20N",
        "32620" => "WGS 84 / UTM zone 20N",
        "25830" => "ETRS89 / UTM zone 30N",
        "25831" => "ETRS89 / UTM zone 31N",
        "25832" => "ETRS89 / UTM zone 32N",
        "32630" => "WGS 84 / UTM zone 30N",
        "32631" => "WGS 84 / UTM zone 31N",
        "32632" => "WGS 84 / UTM zone 32N",
        "2972" => "RGFG95 / UTM zone 22N",
        "2975" => "RGR92 / UTM zone 40S",
        "4471" => "RGM04 / UTM zone 38S",
        "4467" => "RGSPM06 / UTM zone 21N",
        _ => {
            return match (zone(3942), zone(9822), zone(9842)) {
                (Some(zone), _, _) => format!("RGF93 v1 / CC{zone} (EPSG:{code})"),
                (_, Some(zone), _) => format!("RGF93 v2 / CC{zone} (EPSG:{code})"),
                (_, _, Some(zone)) => format!("RGF93 v2b / CC{zone} (EPSG:{code})"),
                _ => format!("EPSG:{code}"),
            };
        }
    };
    format!("{name} (EPSG:{code})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_have_their_names() {
        let check = |code: &str, expected: &str| {
            assert_eq!(
                crs_name(&format!("http://www.opengis.net/def/crs/EPSG/0/{code}")),
                expected
            );
        };
        check("2154", "RGF93 v1 / Lambert-93 (EPSG:2154)");
        check("3942", "RGF93 v1 / CC42 (EPSG:3942)");
        check("3950", "RGF93 v1 / CC50 (EPSG:3950)");
        check("9830", "RGF93 v2 / CC50 (EPSG:9830)");
        check("3951", "EPSG:3951");
        assert_eq!(crs_name("urn:x"), "urn:x");
    }
}
