import Core

/// A night for people: cron mails it, so the first line says it all.
package struct NightText: Sendable {
    package var night: String
    package var status: Int32
    package var steps: [(step: String, line: String)]
    package var leftUndone: [String]
    /// Lines of it that are said otherwise to whoever is outside.
    package var discreet: [String: String]
    package var waiting: [String]
    package var seconds: Double

    package init(
        night: String,
        status: Int32,
        steps: [(step: String, line: String)],
        leftUndone: [String],
        discreet: [String: String] = [:],
        waiting: [String],
        seconds: Double
    ) {
        self.night = night
        self.status = status
        self.steps = steps
        self.leftUndone = leftUndone
        self.discreet = discreet
        self.waiting = waiting
        self.seconds = seconds
    }

    /// How much is said of what was left undone; the rest is counted.
    static let most = 20

    package var summary: String {
        let time = "night \(night) in \(DurationText.age(.seconds(Int64(max(0, seconds).rounded()))))"
        guard status != 0 || !leftUndone.isEmpty else { return "\(time): everything was done" }
        let left =
            leftUndone.isEmpty
            ? "not everything was done" : "\(Canvas.counted(leftUndone.count, "thing")) left for later"
        return status == 0 ? "\(time): done, \(left)" : "\(time): \(left) (exit status \(status))"
    }

    /// For the switch outside, which keeps it: without the words of programs and servers.
    package var ping: String {
        var night = self
        night.leftUndone = leftUndone.map { discreet[$0] ?? $0 }
        return night.text
    }

    package var text: String {
        var lines = [summary]
        let width = steps.map(\.step.count).max() ?? 0
        for (step, line) in steps {
            lines.append("  \(step)\(String(repeating: " ", count: width - step.count))  \(SafeText.line(line))")
        }
        if !waiting.isEmpty { lines += ["waiting:"] + waiting.map { "  \(SafeText.line($0))" } }
        if !leftUndone.isEmpty {
            lines += ["left for later:"] + leftUndone.prefix(Self.most).map { "  \(SafeText.line($0))" }
            if leftUndone.count > Self.most {
                lines.append("  and \(leftUndone.count - Self.most) more: --json has all")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// `curfew nightly --json`.
package struct NightJSON: Encodable {
    let night: String
    let status: Int32
    let statuses: [Int32]
    let steps: [Step]
    let leftUndone: [String]
    let waiting: [String]
    let numbers: [String: Double]

    struct Step: Encodable {
        let step: String
        let line: String
    }

    package init(_ text: NightText, statuses: [Int32], numbers: [String: Double]) {
        night = text.night
        status = text.status
        self.statuses = statuses
        steps = text.steps.map { Step(step: $0.step, line: $0.line) }
        leftUndone = text.leftUndone
        waiting = text.waiting
        self.numbers = numbers
    }
}
