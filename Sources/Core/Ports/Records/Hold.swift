package import Foundation

/// A hold on teardown or an environment's own time.
package struct Hold: Sendable, Hashable, Codable {
    /// Unique among holds of its kind, such as `protection 3`.
    package var id: String
    package var until: Date
    package var because: String
    package var by: String
    package var at: Date

    package init(id: String, until: Date, because: String, by: String, at: Date) {
        self.id = id
        self.until = until
        self.because = because
        self.by = by
        self.at = at
    }
}
