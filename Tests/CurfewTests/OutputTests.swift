import Foundation
import Testing

/// What happens to the output when there is nowhere for it to go.
@Suite struct OutputTests {
    private func shell(_ house: House, _ line: String) async throws -> Program.Outcome {
        try await Program.run(
            other: "sh",
            ["-c", line, Program.path],
            variables: house.variables(of: "ada"),
            in: house.folder
        )
    }

    @Test func `N1 an output that a full disk did not take is an error, and a reader that had enough is none`()
        async throws
    {
        try await House.with { house in
            try await house.curfew("policy", "apply", house.policyFile)
            for arguments in ["policy history", "accounts --json", "report", "report --html /dev/full"] {
                let full = try await shell(house, "\"$0\" \(arguments) >/dev/full")
                #expect(full.status == (arguments.contains("html") ? 78 : 69), "\(full)")
                #expect(full.messages.contains("could not be written") || full.messages.contains("cannot be written"))
            }
            let closed = try await shell(house, "\"$0\" policy history >&-")
            #expect(closed.status == 69, "\(closed)")
            let enough = try await shell(house, "\"$0\" report | true; \"$0\" report >/dev/null")
            #expect(enough.status == 0 && enough.messages.isEmpty, "\(enough)")
            // A device is written to, never replaced by a file.
            let kind = try FileManager.default.attributesOfItem(atPath: "/dev/full")[.type] as? FileAttributeType
            #expect(kind == .typeCharacterSpecial)
            let page = try await shell(house, "\"$0\" report --html page.html && grep -c '<html' page.html")
            #expect(page.status == 0 && page.output.contains("1"), "\(page)")
        }
    }

    @Test func `every line of CSV is a row`() async throws {
        try await House.with { house in
            try await house.deploy([Deployment(name: "a-feat-x")])
            try await house.curfew("policy", "apply", house.policyFile)
            try await house.curfew("scan")
            let list = try await house.curfew("list", "--csv")
            #expect(list.output.components(separatedBy: "\r\n").count == 3, "\(list)")
            #expect(!list.output.hasSuffix("\n\n") && !list.output.hasSuffix("\r\n\n"), "\(list)")
        }
    }

    @Test func `doctor sees a pause wherever it is, and a provider that does not answer`() async throws {
        try await House.with { house in
            try await house.curfew("policy", "apply", house.policyFile)
            try await house.curfew("pause", "--because", "a test")
            let paused = try await house.curfew("doctor", expecting: nil)
            #expect(paused.status == 78 && paused.output.contains("curfew resume"), "\(paused)")
            try await house.curfew("resume")
            let away = try house.reaching("http://127.0.0.1:9")
            let doctor = try await away.curfew("doctor", expecting: nil)
            #expect(doctor.status == 69 && doctor.output.contains("FAIL  clocks"), "\(doctor)")
        }
    }
}
