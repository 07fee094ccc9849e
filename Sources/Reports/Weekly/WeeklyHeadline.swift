import Core

extension WeeklyReport {
    /// One sentence with the numbers that matter most.
    package var headline: String {
        let all = numbers.environments
        let due = numbers.due == 0 ? "." : "; \(numbers.due) \(numbers.due == 1 ? "is" : "are") due."
        let whose = edition == .platform ? "" : "your "
        if numbers.stale > 0 {
            let are = numbers.stale == 1 ? "is" : "are"
            return "\(numbers.stale) of \(whose)\(Canvas.counted(all, "environment")) \(are) stale\(due)"
        }
        switch (all, edition) {
        case (0, .platform): return "No environments are known."
        case (0, .owner): return "No environment of yours is left."
        case (1, .platform): return "The one environment is not stale."
        case (1, .owner): return "Your one environment is not stale."
        default: return "None of \(edition == .platform ? "the" : "your") \(all) environments is stale."
        }
    }

    /// What the small figures beside the large ones are; nil where nothing is known to compare with.
    var comparison: String? {
        comparedWith.map { "change since \(moment.plain($0)); reaped and failed, against the week before" }
    }

    /// For a mail's subject line; holds no name that a stranger chose.
    package var subject: String {
        let counted = Canvas.counted(numbers.environments, "environment")
        let name = periodKind == .lastWeek ? " \(week.short)" : ""
        var parts = ["\(numbers.stale) stale"]
        if case .owner = edition {
            if numbers.due + numbers.planned > 0 { parts.append("\(numbers.due + numbers.planned) due") }
            if numbers.reaped > 0 { parts.append("\(numbers.reaped) reaped") }
            if numbers.failed > 0 { parts.append("\(numbers.failed) failed") }
            return "Curfew\(name): your \(counted), \(parts.joined(separator: ", "))"
        }
        parts += ["\(numbers.due) due", "\(numbers.reaped) reaped", "\(numbers.failed) failed"]
        return "Curfew\(name): \(counted), \(parts.joined(separator: ", "))"
    }

    /// `Week 48, Mon 23 to Sun 29 Nov 2026`; `Seven days, Thu 26 Nov to Thu 3 Dec`.
    package var period: String {
        switch periodKind {
        case .lastWeek:
            let (monday, sunday) = (week.monday, week.monday.adding(days: 6))
            // One line on a telephone.
            let first = monday.month == sunday.month ? String(monday.short.dropLast(4)) : monday.short
            return "Week \(week.number), \(first) to \(sunday.short) \(sunday.year)"
        case .lastDays:
            let days = [since, moment.now].map { CalendarDay(daysSince1970: $0.localDay(in: moment.zone)).short }
            return "Seven days, \(days[0]) to \(days[1])"
        }
    }

    /// There is something that an owner might want to do something about, or did not know.
    ///
    /// That a target was not read is for who runs the platform: alone it is no reason to write to everybody in it.
    package var hasNews: Bool {
        numbers.stale + numbers.planned + numbers.blocked + numbers.partlyReaped + numbers.reaped + numbers.failed
            + numbers.leftovers + numbers.ambiguous > 0
    }
}

extension WeeklyReport.Figure {
    static func platform(_ numbers: WeeklyNumbers, _ history: WeeklyHistory) -> [Self] {
        [
            Self(number: numbers.environments, word: "environments", before: history.before?.features, role: nil),
            Self(number: numbers.stale, word: "stale", before: history.before?.stale, role: .warning),
            Self(number: numbers.reaped, word: "reaped", before: history.reapedBefore, role: .good),
            Self(number: numbers.failed, word: "failed", before: history.failedBefore, role: .bad),
        ]
    }

    static func owner(_ numbers: WeeklyNumbers) -> [Self] {
        [
            Self(number: numbers.environments, word: "yours", before: nil, role: nil),
            Self(number: numbers.stale, word: "stale", before: nil, role: .warning),
            Self(number: numbers.due + numbers.planned, word: "due", before: nil, role: .bad),
            Self(number: numbers.reaped, word: "reaped", before: nil, role: .good),
        ]
    }
}

extension WeeklyReport.Share {
    static func all(_ numbers: WeeklyNumbers) -> [Self] {
        let ripe = min(numbers.stale, numbers.due + numbers.planned)
        let rest = max(0, numbers.environments - numbers.kept - numbers.stale)
        return [
            Self(number: numbers.kept, word: "kept, leased or protected", role: .good),
            Self(number: numbers.stale - ripe, word: "stale, not due yet", role: .warning),
            Self(number: ripe, word: "due or planned", role: .bad),
            Self(number: rest, word: "undecided", role: .dim),
        ].filter { $0.number > 0 }
    }
}

extension WeeklyReport.Fact {
    static func platform(_ numbers: WeeklyNumbers, nights: [WeeklyNight]?, _ canvas: Canvas) -> [Self] {
        var facts = [
            numbers.lastComplete.map { Self(text: "Last complete scan: \(canvas.time($0)).", role: nil) }
                ?? Self(text: "No scan was ever complete.", role: .bad)
        ]
        if let nights {
            let missing = nights.filter { $0.outcome == .missing }.map(\.day.short)
            let others = [WeeklyNight.Outcome.partial, .failed].compactMap { outcome in
                let days = nights.filter { $0.outcome == outcome }.map(\.day.short)
                return days.isEmpty ? nil : "\(outcome.rawValue): \(days.joined(separator: ", "))"
            }
            let said = (missing.isEmpty ? [] : ["missing: \(missing.joined(separator: ", "))"]) + others
            facts.append(
                said.isEmpty
                    ? Self(text: "Nights: \(nights.count) of \(nights.count) complete.", role: nil)
                    : Self(text: "Nights \(said.joined(separator: "; ")).", role: .bad)
            )
        }
        return facts
    }

    /// Nothing where costs are not read.
    static func cost(_ selection: WeeklySelection, _ canvas: Canvas) -> [Self] {
        CostText.stale(selection.features.map(\.record), on: canvas).map { [Self(text: $0, role: nil)] } ?? []
    }

    static func owner(_ records: WeeklyRecords, _ canvas: Canvas) -> [Self] {
        [records.lastCompleteScan.map { Self(text: "As of the scan of \(canvas.time($0)).", role: nil) }].compactMap(
            \.self
        )
    }
}
