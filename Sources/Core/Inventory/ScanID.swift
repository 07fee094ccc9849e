/// The number of one scan; a later scan has a higher one.
package struct ScanID: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    package let number: Int64
    package init(_ number: Int64) { self.number = number }
    package var description: String { "\(number)" }
    package static func < (left: ScanID, right: ScanID) -> Bool { left.number < right.number }
}
