/// Where two texts differ, as `diff -u` writes it.
enum UnifiedDiff {
    struct Hunk: Equatable {
        /// Such as `@@ -3,7 +3,8 @@`.
        var header: String
        var lines: [Line]
    }

    struct Line: Equatable {
        enum Kind: String {
            case both = " "
            case removed = "-"
            case added = "+"
        }

        var kind: Kind
        var text: String
        var whole: String { kind.rawValue + text }
    }

    /// `before` or `after` is nil where there is no such file.
    static func hunks(_ before: String?, _ after: String?, context: Int = 3) -> [Hunk] {
        let (old, new) = (before.map(lines) ?? [], after.map(lines) ?? [])
        let all = merged(old, new)
        let changes = all.indices.filter { all[$0].kind != .both }
        var ranges: [Range<Int>] = []
        for index in changes {
            let around = max(0, index - context)..<min(all.count, index + context + 1)
            if let last = ranges.last, last.upperBound >= around.lowerBound {
                ranges[ranges.count - 1] = last.lowerBound..<around.upperBound
            } else {
                ranges.append(around)
            }
        }
        return ranges.map { range in
            let above = all[..<range.lowerBound]
            let header =
                "@@ -\(span(above.count { $0.kind != .added }, all[range].count { $0.kind != .added }))"
                + " +\(span(above.count { $0.kind != .removed }, all[range].count { $0.kind != .removed })) @@"
            return Hunk(header: header, lines: Array(all[range]))
        }
    }

    /// The whole of it, as `patch` takes it; empty where nothing differs.
    static func text(_ before: String?, _ after: String?, name: String) -> String {
        let hunks = hunks(before, after)
        guard !hunks.isEmpty || (before == nil) != (after == nil) else { return "" }
        let names = [
            "--- " + (before == nil ? "/dev/null" : "a/\(name)"), "+++ " + (after == nil ? "/dev/null" : "b/\(name)"),
        ]
        return (names + hunks.flatMap { [$0.header] + $0.lines.map(\.whole) }).map { $0 + "\n" }.joined()
    }

    /// A line that does not end says so, as a part of itself: with its end it would be another one.
    private static func lines(_ text: String) -> [String] {
        var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        if let last = lines.popLast(), !last.isEmpty { lines.append(last + "\n\\ No newline at end of file") }
        return lines
    }

    private static func merged(_ old: [String], _ new: [String]) -> [Line] {
        var (removed, added): (Set<Int>, Set<Int>) = ([], [])
        for change in new.difference(from: old) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var lines: [Line] = []
        var (left, right) = (0, 0)
        while left < old.count || right < new.count {
            if removed.contains(left) {
                lines.append(Line(kind: .removed, text: old[left]))
                left += 1
            } else if added.contains(right) {
                lines.append(Line(kind: .added, text: new[right]))
                right += 1
            } else {
                lines.append(Line(kind: .both, text: old[left]))
                left += 1
                right += 1
            }
        }
        return lines
    }

    /// Of no lines, the line above them.
    private static func span(_ above: Int, _ count: Int) -> String {
        count == 1 ? "\(above + 1)" : "\(count == 0 ? above : above + 1),\(count)"
    }
}
