/// What a plan rests on for one environment; it must still hold when the plan is carried out.
package enum VerdictClass: String, Sendable, Codable, CaseIterable {
    case stale
    case released
    case partlyReaped = "partly reaped"
    /// A person named it; it may not be stale, and the plan says so.
    case named
}
