import Core
package import Foundation

/// The days out of files that a policy's window names, kept with its text.
///
/// The policy in force is the text that was applied, so what the files said then stands in it: nothing is read again when
/// something is to be deleted, and a file that is different by now makes another text.
package enum KeptHolidays {
    static let key = "calendars"
    private static let remark = "# Days out of the files that the window names, as they were read. Written by Curfew."

    /// The text with the days of every file that its window names, or with the reason why there are none; as it is
    /// where it names none, has them already, or cannot be read.
    ///
    /// `read` gives a file's bytes by the name that the policy gives it.
    package static func added(to text: String, read: (String) throws(HolidayFile.Problems) -> Data) -> String {
        let named = names(in: text)
        guard !named.isEmpty else { return text }
        var lines = [remark, "\(key):"]
        for name in named {
            lines.append("  - file: \(inQuotes(name))")
            do throws(HolidayFile.Problems) {
                let calendar = try HolidayFile.parse(try read(name), name: name)
                lines.append("    days: [\(calendar.spans.map { inQuotes($0.description) }.joined(separator: ", "))]")
            } catch {
                lines.append("    unread: [\(error.messages.prefix(20).map(inQuotes).joined(separator: ", "))]")
            }
        }
        let whole = text + (text.hasSuffix("\n") ? "" : "\n") + lines.joined(separator: "\n") + "\n"
        // Behind a document in braces, or one that is ended, nothing can follow; the window then says what it lacks.
        return keys(of: whole).contains(key) ? whole : text
    }

    /// Whether the text holds days already, as it does once it is applied.
    ///
    /// In a file that somebody keeps they would count for ever, whatever becomes of the files of holidays.
    package static func isIn(_ text: String) -> Bool { keys(of: text).contains(key) }

    /// The files that the window names, each once; none where the text holds their days already.
    private static func names(in text: String) -> [String] {
        let found: [String]? = try? YAMLDocument.read(Data(text.utf8), file: "", example: "") { root in
            guard let top = root.silentMapping, top[key] == nil,
                let except = top["window"]?.silentMapping?["except"]
            else { return [] }
            var seen: Set<String> = []
            return except.silentItems.compactMap(\.scalar).filter { isFile($0) && seen.insert($0).inserted }
        }
        return found ?? []
    }

    private static func keys(of text: String) -> [String] {
        let found: [String]? = try? YAMLDocument.read(Data(text.utf8), file: "", example: "") { $0.keyNames }
        return found ?? []
    }

    static func isFile(_ text: String) -> Bool {
        HolidayFile.endings.contains { text.count > $0.count && text.lowercased().hasSuffix($0) }
    }

    /// As YAML has it between quotation marks; what no line can hold is left out.
    private static func inQuotes(_ text: String) -> String {
        let plain = text.unicodeScalars.filter {
            $0.value >= 32 && $0.value != 127 && $0.properties.generalCategory != .lineSeparator
        }
        let escaped = String(String.UnicodeScalarView(plain)).replacing("\\", with: "\\\\").replacing(
            "\"",
            with: "\\\""
        )
        return "\"\(escaped)\""
    }
}

extension YAMLEntry {
    /// What the program wrote below the policy: each file's days, or why there are none.
    func keptCalendars() -> [String: KeptCalendar] {
        let example = "[{ file: holidays.ics, days: [\"2026-12-24\"] }]"
        var kept: [String: KeptCalendar] = [:]
        for item in items("a list of calendars", example: example) ?? [] {
            guard let parts = item.mapping(["file", "days", "unread"], required: ["file"], example: example),
                let name = parts["file"]?.text("a file's name", example: "holidays.ics")
            else { continue }
            if kept[name] != nil {
                item.report("`\(item.path)` names \(quoted(name)) a second time", "keep one of them")
                continue
            }
            if let unread = parts["unread"] {
                kept[name] = .unread(unread.silentItems.compactMap(\.scalar))
                continue
            }
            guard let days = parts["days"]?.items("a list of days", example: "[\"2026-12-24\"]") else { continue }
            let spans = days.compactMap { day -> HolidaySpan? in
                day.scalar.flatMap { HolidaySpan(text: $0) }
                    ?? day.unexpected("a date that exists", example: "2026-12-24")
            }
            kept[name] = .read(HolidayCalendar(name: name, spans: spans))
        }
        return kept
    }

    /// The days of a file that the window names; reports why there are none.
    func holidays(_ name: String, _ kept: [String: KeptCalendar]) -> HolidayCalendar? {
        switch kept[name] {
        case .read(let calendar): return calendar
        case .unread(let reasons):
            return wrong(
                "`\(path)` names \(quoted(name)), which cannot be read: \(reasons.joined(separator: "; "))",
                "a file of whole days is needed, beside the policy: iCalendar (.ics), or dates line by line (.txt)"
            )
        case nil:
            return wrong(
                "`\(path)` names \(quoted(name)), whose days do not stand below the policy",
                "`\(KeptHolidays.key)` is written when the file is read; the policy's own keys must stand at the "
                    + "beginning of a line, without braces around all"
            )
        }
    }
}

enum KeptCalendar {
    case read(HolidayCalendar)
    case unread([String])
}
