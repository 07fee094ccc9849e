import Foundation
import Testing

/// The weekly report as a person asks for it.
@Suite struct WeeklyReportTests {
    private func write(_ report: String, in house: House) throws {
        try house.write(house.settings + "report: \(report)\n", to: house.settingsFile)
    }

    private func read(_ name: String, in house: House) throws -> String {
        try String(contentsOfFile: "\(house.folder)/\(name)", encoding: .utf8)
    }

    @Test func `the week, for everybody and for one owner, as text, page and file`() async throws {
        try await House.with { house in
            try await house.deploy([
                Deployment(name: "a-feat-x", tags: ["owner": "eve@example.com"]), Deployment(name: "a-feat-y"),
                Deployment(name: "a-feat-z", tags: ["owner": "=HYPERLINK(\"http://x\")<b>"]),
            ])
            try await house.planned()
            let full = try await house.curfew("report", "--week")
            #expect(full.output.contains("3 of 3 environments are stale") && full.output.contains("Seal "))
            #expect(full.output.contains("feat-x") && full.output.contains("feat-y"))

            try await house.curfew("report", "--week", "--html", "week.html", "--csv", "week.csv")
            let page = try read("week.html", in: house)
            #expect(page.contains("<h1") && page.contains("&lt;b&gt;") && !page.contains("<b>\")"))
            let file = try read("week.csv", in: house)
            #expect(file.contains("environment,feat-y,") && file.contains("\"'=hyperlink(\"\"http://x\"\")<b>\""))

            for choice in [["--owner", "eve@example.com"], ["--owner", "eve"], ["--to", "Eve@example.com"]] {
                let hers = try await house.curfew("report", "--week", choice[0], choice[1])
                #expect(hers.output.contains("feat-x") && !hers.output.contains("feat-y"), "\(choice)")
            }
            let nobody = try await house.curfew("report", "--owner", "zoe", expecting: 64)
            #expect(nobody.messages.contains("nobody called zoe owns anything"))

            let json = try await house.json("report")
            #expect(Shapes.report.isSubset(of: json.keys))
            #expect(json["stale"].int == 3 && json["seal"]["digest"].string.count == 64)
        }
    }

    @Test func `an operator's templates stand in for ours, and a broken one is an error with its place`() async throws {
        try await House.with { house in
            try await house.curfew("report", "--write-templates", "own")
            #expect(try read("own/footer.mustache", in: house).contains("{{promise}}"))
            let twice = try await house.curfew("report", "--write-templates", "own", expecting: 64)
            #expect(twice.messages.contains("is there already"))

            try FileManager.default.createDirectory(atPath: house.folder + "/mine", withIntermediateDirectories: true)
            try house.write("<tr><td>Platform, room 4</td></tr>", to: house.folder + "/mine/footer.mustache")
            try write("{ templates: mine, zone: Europe/Berlin }", in: house)
            try await house.curfew("report", "--html", "week.html")
            #expect(try read("week.html", in: house).contains("Platform, room 4"))

            try house.write("<tr>\n{{{note}}}</tr>", to: house.folder + "/mine/footer.mustache")
            try FileManager.default.removeItem(atPath: house.folder + "/week.html")
            let broken = try await house.curfew("report", "--html", "week.html", expecting: 65)
            #expect(broken.messages.contains("/mine/footer.mustache:2: {{{note}}} is not allowed"), "\(broken)")
            #expect(!FileManager.default.fileExists(atPath: house.folder + "/week.html"))

            try write("{ templates: nowhere }", in: house)
            let nowhere = try await house.curfew("report", "--html", "week.html", expecting: 78)
            #expect(nowhere.messages.contains("there is no folder"), "\(nowhere)")
        }
    }
}
