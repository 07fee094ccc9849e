/// The dates that AWS has given Lambda's runtimes, as somebody read them on a day.
///
/// AWS moves these dates, so they are data and never part of the program's code.
package struct RuntimeTable: Sendable, Hashable {
    /// One runtime.
    package struct Entry: Sendable, Hashable {
        /// As functions name it: `nodejs20.x`.
        package let identifier: String
        /// For people: `Node.js 20`.
        package let label: String?
        /// From this day on it gets no patches.
        package let deprecation: CalendarDay?
        /// From this day on no function can be created with it.
        ///
        /// It may lie before the deprecation.
        package let createBlock: CalendarDay?
        /// From this day on no function that has it can be updated; it can still be invoked.
        package let updateBlock: CalendarDay?

        package init(
            identifier: String,
            label: String? = nil,
            deprecation: CalendarDay?,
            createBlock: CalendarDay? = nil,
            updateBlock: CalendarDay? = nil
        ) {
            self.identifier = identifier
            self.label = label
            self.deprecation = deprecation
            self.createBlock = createBlock
            self.updateBlock = updateBlock
        }
    }

    /// The day on which the table was true; nil for a table that knows nothing.
    package let asOf: CalendarDay?
    private let entries: [String: Entry]

    /// Of several entries for one runtime the first counts.
    package init(asOf: CalendarDay?, entries: [Entry]) {
        self.asOf = asOf
        self.entries = Dictionary(entries.map { ($0.identifier, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Knows nothing: every runtime is unknown to it.
    package static let empty = RuntimeTable(asOf: nil, entries: [])

    package func entry(_ identifier: String) -> Entry? { entries[identifier] }
    package var identifiers: [String] { entries.keys.sorted() }
}
