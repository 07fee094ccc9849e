/// What kind of thing a component is to us.
///
/// The same words are a CHECK constraint in the database.
package enum ComponentClass: String, Sendable, Codable, CaseIterable {
    case feature
    case permanent
    case ambiguous
    case unmatched
    case excluded
    case nested
}
