/// A plan's number; people write `P12`.
package struct PlanID: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    package let number: Int64
    package init(_ number: Int64) { self.number = number }

    /// Reads `P12`, `p12` or `12`.
    package init?(text: String) {
        let digits = text.hasPrefix("P") || text.hasPrefix("p") ? text.dropFirst() : Substring(text)
        guard let number = Int64(digits), number > 0 else { return nil }
        self.number = number
    }

    package var description: String { "P\(number)" }
    package static func < (left: PlanID, right: PlanID) -> Bool { left.number < right.number }
}

/// The number of plans made together; people write `R3`.
package struct RunID: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    package let number: Int64
    package init(_ number: Int64) { self.number = number }

    /// Reads `R3` or `r3` (not a bare number: that is a plan).
    package init?(text: String) {
        guard text.hasPrefix("R") || text.hasPrefix("r"), let number = Int64(text.dropFirst()), number > 0 else {
            return nil
        }
        self.number = number
    }

    package var description: String { "R\(number)" }
    package static func < (left: RunID, right: RunID) -> Bool { left.number < right.number }
}
