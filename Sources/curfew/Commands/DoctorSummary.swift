/// What one check of `doctor` came to.
struct DoctorFinding: Encodable {
    enum Level: String, Encodable {
        case ok
        case warning
        case problem

        /// As its line begins.
        var word: String {
            switch self {
            case .ok: "ok   "
            case .warning: "warn "
            case .problem: "FAIL "
            }
        }
    }

    let check: String
    /// Nothing has to be mended for Curfew to work as the settings say.
    let ok: Bool
    let level: Level
    let text: String

    init(check: String, level: Level, text: String) {
        (self.check, self.level, self.text) = (check, level, text)
        ok = level != .problem
    }
}

/// What a check says that found no problem.
struct DoctorWord {
    let level: DoctorFinding.Level
    let text: String

    static func ok(_ text: String) -> DoctorWord { DoctorWord(level: .ok, text: text) }
    /// It works, and is probably not what was meant.
    static func warning(_ text: String) -> DoctorWord { DoctorWord(level: .warning, text: text) }
}

/// The last line of `doctor`: how many checks came to what.
struct DoctorSummary: Encodable {
    let ok: Int
    let warnings: Int
    let problems: Int

    /// `warned`: warnings that were said beside the checks.
    init(_ findings: [DoctorFinding], warned: Int) {
        ok = findings.count { $0.level == .ok }
        warnings = findings.count { $0.level == .warning } + warned
        problems = findings.count { $0.level == .problem }
    }

    /// `doctor: 14 ok, 2 warnings, 1 problem`.
    var text: String {
        func counted(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }
        return "doctor: \(ok) ok, \(counted(warnings, "warning")), \(counted(problems, "problem"))"
    }
}
