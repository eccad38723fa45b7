//! What the beginning of an XML text says of itself: its first element, and the geometries of its features.
//!
//! In: the first bytes of a file. Out: words for its report. GDAL reads one geometry of a GML feature, the
//! last, and says nothing of the others; nor does it say what a text is that it does not know. Not here: a
//! parser; what is not well formed ends the look.

/// Elements of GML that are geometries.
const GEOMETRIES: [&str; 15] = [
    "Point",
    "LineString",
    "Curve",
    "CompositeCurve",
    "Polygon",
    "Surface",
    "CompositeSurface",
    "MultiPoint",
    "MultiLineString",
    "MultiCurve",
    "MultiPolygon",
    "MultiSurface",
    "MultiGeometry",
    "PolyhedralSurface",
    "Solid",
];

/// Elements deeper than this end the look.
const DEEPEST: usize = 64;

/// What was seen.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Look {
    /// The first element and its line, from 1.
    pub(super) root: Option<(String, usize)>,
    /// By feature type, the properties that hold geometries, in the order of the text.
    pub(super) geometries: Vec<(String, Vec<String>)>,
}

/// Looks at the beginning of an XML text; `None` where it is none.
pub(super) fn look(head: &[u8]) -> Option<Look> {
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches('\u{feff}');
    if !text.trim_start().starts_with('<') {
        return None;
    }
    let mut found = Look::default();
    let mut open: Vec<&str> = vec![];
    let mut at = 0;
    while let Some(start) = text[at..].find('<').map(|i| at + i) {
        let rest = &text[start..];
        let end = match rest {
            _ if rest.starts_with("<!--") => rest.find("-->").map(|i| i + 3),
            _ if rest.starts_with("<![CDATA[") => rest.find("]]>").map(|i| i + 3),
            _ => rest.find('>').map(|i| i + 1),
        };
        // The head ends inside of a tag.
        let Some(end) = end else { break };
        let tag = &rest[1..end - 1];
        at = start + end;
        if tag.starts_with(['?', '!']) {
            continue;
        }
        if tag.starts_with('/') {
            open.pop();
            continue;
        }
        let name = tag.split([' ', '\t', '\r', '\n', '/']).next().unwrap_or_default();
        if found.root.is_none() {
            let line = text[..start].matches('\n').count() + 1;
            found.root = Some((name.to_owned(), line));
        }
        if let [.., feature, property] = open.as_slice()
            && GEOMETRIES.contains(&local(name))
            && !GEOMETRIES.contains(&local(property))
            && prefix(property) != prefix(name)
        {
            found.add(local(feature), local(property));
        }
        if !tag.ends_with('/') {
            open.push(name);
        }
        if open.len() > DEEPEST {
            break;
        }
    }
    Some(found)
}

impl Look {
    fn add(&mut self, feature: &str, property: &str) {
        let known = self.geometries.iter_mut().find(|(name, _)| name == feature);
        match known {
            Some((_, properties)) if properties.iter().any(|p| p == property) => {}
            Some((_, properties)) => properties.push(property.to_owned()),
            None => self.geometries.push((feature.to_owned(), vec![property.to_owned()])),
        }
    }

    /// Why the text is no geodata that is known, by its first element.
    pub(super) fn why_not(&self) -> Option<String> {
        let (name, line) = self.root.as_ref()?;
        Some(if local(name).ends_with("ExceptionReport") {
            format!("line {line}: it is the error of a service (<{name}>), no data; ask the service again")
        } else {
            format!(
                "line {line}: XML that begins with <{name}> and holds no feature of GML or KML; export it again as GML 3 or GeoPackage"
            )
        })
    }
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

fn prefix(name: &str) -> &str {
    name.split_once(':').map_or("", |(prefix, _)| prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_element_is_named_with_its_line() {
        let look = look(b"<?xml version=\"1.0\"?>\n<features>\n<!-- <x> -->\n</features>").unwrap();
        assert_eq!(look.root, Some(("features".into(), 2)));
        assert!(
            look.why_not()
                .unwrap()
                .starts_with("line 2: XML that begins with <features>")
        );
        assert_eq!(super::look(b"{}"), None);
        let error = super::look(b"<ows:ExceptionReport version='1'/>").unwrap();
        assert!(error.why_not().unwrap().contains("error of a service"));
    }

    #[test]
    fn geometries_of_features_are_found() {
        let text = b"<c xmlns:gml='g'><gml:boundedBy><gml:Envelope/></gml:boundedBy><gml:featureMember><t:parcelle>\
            <t:centre><gml:Point><gml:pos>1 2</gml:pos></gml:Point></t:centre>\
            <t:contour><gml:MultiSurface><gml:surfaceMember><gml:Polygon/></gml:surfaceMember></gml:MultiSurface></t:contour>\
            </t:parcelle></gml:featureMember><gml:featureMember><t:parcelle><t:centre><gml:Point/></t:centre>";
        let look = look(text).unwrap();
        assert_eq!(
            look.geometries,
            [("parcelle".into(), vec!["centre".into(), "contour".into()])]
        );
    }
}
