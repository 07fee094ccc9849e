import Core

/// Test results in the XML that CI systems read: one `testsuite` per file, one `testcase` per case.
package enum PolicyTestJUnit {
    package static func xml(_ reports: [PolicyTestReport]) -> String {
        let all = reports.reduce(0) { $0 + $1.results.count }
        let failed = reports.reduce(0) { $0 + $1.failed.count }
        var lines = [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
            "<testsuites name=\"curfew policy test\" tests=\"\(all)\" failures=\"\(failed)\" errors=\"0\">",
        ]
        for report in reports {
            lines.append(
                "  <testsuite name=\"\(escaped(report.file))\" tests=\"\(report.results.count)\" "
                    + "failures=\"\(report.failed.count)\" errors=\"0\" skipped=\"0\">"
            )
            lines += report.results.flatMap { element(of: $0, in: report) }
            lines.append("  </testsuite>")
        }
        lines.append("</testsuites>")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func element(of result: PolicyTestResult, in report: PolicyTestReport) -> [String] {
        let start =
            "    <testcase name=\"\(escaped(result.test.name))\" classname=\"\(escaped(report.policy))\" "
            + "file=\"\(escaped(report.file))\" line=\"\(result.test.line)\" time=\"0\""
        guard let first = result.differences.first else { return [start + "/>"] }
        let message = "\(first.what): expected \(first.expected), got \(first.got)"
        let body = result.differences.map { "\($0.what): expected \($0.expected), got \($0.got)" }
            .joined(separator: "\n")
        return [
            start + ">", "      <failure message=\"\(escaped(message))\">\(escaped(body))</failure>",
            "    </testcase>",
        ]
    }

    /// For element text and attributes; what XML 1.0 cannot hold becomes U+FFFD.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n": result += "&#10;"
            case "\t": result += "&#9;"
            default:
                let isAllowed = scalar.value >= 0x20 && scalar.value != 0xFFFE && scalar.value != 0xFFFF
                result.unicodeScalars.append(isAllowed ? scalar : "\u{FFFD}")
            }
        }
        return result
    }
}
