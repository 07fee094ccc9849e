/// What goes to a channel: a title and plain text.
package struct Notice: Sendable, Hashable {
    package var title: String
    package var text: String

    package init(title: String, text: String) {
        self.title = title
        self.text = text
    }

    /// One line, whatever was given.
    var line: String { title.split(whereSeparator: \.isNewline).joined(separator: " ") }

    var lines: [String] {
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }
}

/// How much of a text one message holds, whole lines only.
struct Fitting {
    /// In the units of the service, for everything.
    var room: Int
    /// A line longer than this is taken in pieces.
    var longestLine: Int
    /// What one line costs in the service's own form, its line break included.
    var cost: (String) -> Int

    /// The lines that fit, and how many do not; there is room kept to say so.
    func fit(_ lines: [String]) -> (lines: [String], left: Int) {
        let whole = lines.map { pieces($0) }
        var used = 0
        var taken: [String] = []
        let notice = cost(Fitting.more(lines.count))
        for (index, pieces) in whole.enumerated() {
            let needed = pieces.reduce(0) { $0 + cost($1) }
            let isLast = index == whole.count - 1
            if used + needed + (isLast ? 0 : notice) > room {
                // A single line that is longer than everything that fits is begun all the same.
                if taken.isEmpty, let part = begun(pieces, room - notice) { return (part, lines.count - index) }
                return (taken, lines.count - index)
            }
            used += needed
            taken += pieces
        }
        return (taken, 0)
    }

    static func more(_ count: Int) -> String {
        "… and \(count) more \(count == 1 ? "line" : "lines"), which did not fit into this message."
    }

    private func begun(_ pieces: [String], _ room: Int) -> [String]? {
        var part: [String] = []
        var used = 0
        for piece in pieces {
            used += cost(piece)
            if used > room { break }
            part.append(piece)
        }
        return part.isEmpty ? nil : part
    }

    /// No character is split.
    private func pieces(_ line: String) -> [String] {
        guard cost(line) > longestLine else { return [line] }
        var pieces: [String] = []
        var piece = ""
        var size = cost("")
        let bare = cost("")
        for character in line {
            let more = cost(String(character)) - bare
            if size + more > longestLine, !piece.isEmpty {
                pieces.append(piece)
                piece = ""
                size = bare
            }
            piece.append(character)
            size += more
        }
        return pieces + [piece]
    }
}
