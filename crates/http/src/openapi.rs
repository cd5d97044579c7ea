//! OpenAPI documents, made from the routes themselves.

use std::collections::BTreeSet;

use aide::axum::ApiRouter;
use aide::openapi::{Info, OpenApi, SecurityScheme};
use aide::transform::TransformOpenApi;
use axum::Router;
use serde_json::Value;

/// What a door says about itself.
#[derive(Clone, Copy, Debug)]
pub struct ApiTitle {
    /// Its name.
    pub title: &'static str,
    /// A paragraph for those who will call it.
    pub description: &'static str,
    /// The name of what a caller proves who they are by.
    pub scheme: &'static str,
    /// What that is.
    pub credential: &'static str,
}

/// Makes the document of a door's routes, and the router that serves them.
pub fn documented<S: Clone + Send + Sync + 'static>(
    routes: ApiRouter<S>,
    title: &ApiTitle,
) -> (Router<S>, Value) {
    let mut document = OpenApi {
        info: Info {
            title: title.title.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            ..Info::default()
        },
        ..OpenApi::default()
    };
    let served = routes.finish_api_with(&mut document, |document| describe(document, title));
    let mut document = serde_json::to_value(document).unwrap_or_default();
    forbid_null_parameters(&mut document);
    drop_unused_schemas(&mut document);
    (served, document)
}

#[expect(clippy::default_trait_access, reason = "the map's type is aide's own affair")]
fn describe<'a>(document: TransformOpenApi<'a>, title: &ApiTitle) -> TransformOpenApi<'a> {
    let bearer = SecurityScheme::Http {
        scheme: "bearer".to_owned(),
        bearer_format: None,
        description: Some(title.credential.to_owned()),
        extensions: Default::default(),
    };
    document
        .description(title.description)
        .security_scheme(title.scheme, bearer)
        .security_requirement(title.scheme)
}

/// A parameter that may be left out is an `Option` in our code, which schemars takes for "may be null". In a query
/// there is no null.
fn forbid_null_parameters(document: &mut Value) {
    let operations = document["paths"].as_object_mut().into_iter().flat_map(|paths| paths.values_mut());
    let operations = operations.filter_map(Value::as_object_mut).flat_map(|path| path.values_mut());
    let parameters =
        operations.filter_map(|operation| operation.get_mut("parameters")?.as_array_mut()).flatten();
    for schema in parameters.filter_map(|parameter| parameter.get_mut("schema")?.as_object_mut()) {
        let Some(types) = schema.get("type").and_then(Value::as_array) else { continue };
        if let [kind, Value::String(null)] = types.as_slice()
            && null == "null"
        {
            schema.insert("type".to_owned(), kind.clone());
        }
    }
}

/// Paths and queries leave their structs behind among the schemas, though only their fields are used.
fn drop_unused_schemas(document: &mut Value) {
    let mut used = BTreeSet::new();
    collect_references(&document["paths"], &document["components"]["schemas"], &mut used);
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.retain(|name, _| used.contains(name));
    }
}

fn collect_references(value: &Value, schemas: &Value, used: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            let reference = object.get("$ref").and_then(Value::as_str);
            let name = reference.and_then(|reference| reference.strip_prefix("#/components/schemas/"));
            if let Some(name) = name.filter(|name| used.insert((*name).to_owned())) {
                collect_references(&schemas[name], schemas, used);
            }
            object.values().for_each(|value| collect_references(value, schemas, used));
        }
        Value::Array(values) => values.iter().for_each(|value| collect_references(value, schemas, used)),
        _ => {}
    }
}
