//! The API document and the router are one.

use crate::house::{House, Sqlite};
use beffroi::{openapi, router};
use http::StatusCode;
use serde_json::Value;
use std::collections::BTreeSet;

async fn document(house: &House) -> Value {
    let answer = house.visitor().get("/api/v1/openapi.json").await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.body
}

fn operations(document: &Value) -> impl Iterator<Item = (String, &Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().into_iter().flatten();
        methods.map(move |(method, operation)| (format!("{} {path}", method.to_uppercase()), operation))
    })
}

#[tokio::test]
async fn the_document_has_every_route_of_the_api_and_nothing_else() {
    let house = House::on(Sqlite).await.expect("SQLite is always there");
    let document = document(&house).await;
    let described: BTreeSet<String> = operations(&document).map(|(name, _)| name).collect();
    let screens =
        ["/", "/sign-in", "/setup", "/reset", "/invite/{code}", "/activity", "/rooms/{room}", "/assets/{*path}"];
    let table = router::table(&house.app);
    let api = table.routes().iter().filter(|route| !screens.contains(&route.path));
    let expected: BTreeSet<String> = api.map(|route| format!("{} {}", route.method, route.path)).collect();
    assert_eq!(described, expected);
}

#[tokio::test]
async fn every_operation_says_what_it_does_under_a_name_of_its_own() {
    let house = House::on(Sqlite).await.expect("SQLite is always there");
    let document = document(&house).await;
    let mut names = BTreeSet::new();
    for (name, operation) in operations(&document) {
        assert_ne!(operation["summary"], "", "{name}: write a comment above its handler");
        assert!(names.insert(operation["operationId"].to_string()), "{name}: its handler is registered twice");
        let in_path = operation["parameters"].as_array().into_iter().flatten().filter(|one| one["in"] == "path");
        assert_eq!(in_path.count(), name.matches('{').count(), "{name}: not every part of its path has a shape");
    }
    assert_eq!(openapi::unknown_codes(), Vec::<String>::new(), "codes that error.rs does not have");
}

#[tokio::test]
async fn every_shape_that_is_referred_to_is_there() {
    let house = House::on(Sqlite).await.expect("SQLite is always there");
    let document = document(&house).await;
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(document.pointer(reference).is_some(), "{reference} leads nowhere");
    }
    let limits = &document["paths"]["/api/v1/rooms"]["post"]["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(
        (&limits["additionalProperties"], &limits["properties"]["name"]["maxLength"]),
        (&false.into(), &80.into())
    );
    assert_eq!(document["paths"]["/api/v1/rooms"]["post"]["x-permission"][0], "create_rooms");
}

#[tokio::test]
async fn whatever_is_read_with_a_tag_is_changed_with_one() {
    let house = House::on(Sqlite).await.expect("SQLite is always there");
    let document = document(&house).await;
    let paths = document["paths"].as_object().expect("an object");
    let mut tagged = Vec::new();
    for (path, methods) in paths {
        if methods["get"]["responses"]["200"]["headers"]["ETag"].is_null() {
            continue;
        }
        assert!(methods["get"]["responses"]["304"].is_object(), "{path}");
        let goes_into_if_match = methods["get"]["responses"]["200"]["headers"]["ETag"]["description"].to_string();
        if !goes_into_if_match.contains("`If-Match`") {
            continue;
        }
        tagged.push(path.as_str());
        for (method, operation) in methods.as_object().expect("an object") {
            let parameters = operation["parameters"].as_array().expect("a list");
            let asks = parameters.iter().any(|parameter| parameter["name"] == "If-Match");
            assert_eq!(asks, method != "get", "{method} {path}");
        }
    }
    assert_eq!(tagged.len(), 4, "{tagged:?}");
}
