package import Core
package import Foundation

/// Reads a file of days on which a window stays shut: iCalendar, or a list of dates.
package enum HolidayFile {
    static let endings = [".ics", ".txt"]
    private static let largest = 1 << 20
    private static let most = 5_000

    /// What is wrong with one, all of it.
    package struct Problems: Error, Hashable {
        package let messages: [String]

        package init(messages: [String]) { self.messages = messages }
    }

    /// Everything that is read has to be understood: a day that is passed over would be one on which things are deleted.
    package static func parse(_ bytes: Data, name: String) throws(Problems) -> HolidayCalendar {
        guard bytes.count <= largest else { throw Problems(messages: ["it has \(bytes.count) bytes, too many"]) }
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes
        guard let text = String(validating: content, as: UTF8.self) else {
            throw Problems(messages: ["it is not UTF-8 text"])
        }
        let (spans, problems) = name.lowercased().hasSuffix(".ics") ? ICalendar.spans(text) : list(text)
        guard problems.isEmpty else { throw Problems(messages: problems) }
        guard !spans.isEmpty else { throw Problems(messages: ["there is no day in it"]) }
        guard spans.count <= most else {
            throw Problems(messages: ["it has \(spans.count) entries, more than \(most)"])
        }
        return HolidayCalendar(name: name, spans: spans)
    }

    /// `2026-12-24`, `2026-12-24..2026-12-26` or `yearly 2020-10-03` on a line; `#` begins a remark.
    private static func list(_ text: String) -> ([HolidaySpan], [String]) {
        var spans: [HolidaySpan] = []
        var problems: [String] = []
        for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let said = line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
            if said.isEmpty { continue }
            if let span = HolidaySpan(text: said) {
                spans.append(span)
            } else {
                problems.append(
                    "line \(number + 1): \(quoted(said)) is no date such as 2026-12-24 or 2026-12-24..2026-12-26"
                )
            }
        }
        return (spans, problems)
    }
}
