//! What the OpenAPI document says of an operation.

use aide::transform::TransformOperation;

/// Its id, what it does, and what it belongs to.
pub(crate) fn named(
    id: &'static str,
    summary: &'static str,
    tag: &'static str,
) -> impl FnOnce(TransformOperation<'_>) -> TransformOperation<'_> {
    move |operation| operation.id(id).summary(summary).tag(tag)
}
