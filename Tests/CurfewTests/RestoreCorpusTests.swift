import Foundation
import TestSupport
import Testing

/// Every template of SAM's own tests that the emulator takes, reaped and made again.
@Suite(.serialized) struct RestoreCorpusTests {
    @Test func `every template comes back with its text, parameters, tags and outputs`() async throws {
        guard let templates = Self.templates() else { return }
        guard let emulator = try await Emulator.ministack() else { return }
        defer { emulator.stop() }
        try await House.with(own: emulator) { house in
            let stacks = house.stacks(house.shop, House.regions[0])
            var before: [String: EmulatorStacks.Detail] = [:]
            // Environments of four: one that cannot go holds no more than three others back.
            for (index, template) in templates.enumerated() {
                let name = "svc\(index)-feat-t\(index / 4)"
                do {
                    try await stacks.create(name, template: template.text, tags: ["owner": "ada@example.com"])
                    guard try await stacks.settled(name).status == "CREATE_COMPLETE" else { continue }
                    before[name] = try await stacks.detail(name)
                } catch is EmulatorStacks.Refusal {
                    continue
                }
            }
            #expect(before.count > 150, "of \(templates.count) templates")
            try await house.planned()
            for _ in 0..<20 {
                let reaped = try await house.json("reap", expecting: nil)
                if reaped["plans"].elements.isEmpty { break }
            }
            let standing = Set(try await stacks.standing().map(\.name))
            let gone = before.keys.filter { !standing.contains($0) }.sorted()
            #expect(gone.count > 150, "left standing: \(standing.sorted())")
            var different: [String] = []
            for environment in Set(gone.map { "feat-" + ($0.components(separatedBy: "-feat-").last ?? "") }).sorted() {
                try await house.curfew("restore", environment, "--apply", "--confirm", environment)
            }
            for name in gone {
                guard let now = try? await stacks.detail(name) else {
                    Issue.record("\(name) did not come back")
                    continue
                }
                guard let then = before[name] else { continue }
                #expect(now.template == then.template, "\(name)")
                #expect(now.parameters == then.parameters && now.tags == then.tags, "\(name)")
                #expect(now.exports == then.exports && now.outputs.keys == then.outputs.keys, "\(name)")
                // Restore adds what a template with macros needs.
                #expect(Set(now.capabilities).isSuperset(of: then.capabilities), "\(name)")
                different += now.outputs.filter { then.outputs[$0.key] != $0.value }.map { "\(name) \($0.key)" }
            }
            print("RestoreCorpusTests: \(gone.count) of \(templates.count) templates came back")
            #expect(different.isEmpty, "outputs that differ beyond physical ids: \(different)")
        }
    }

    /// Their texts; nil, with a loud line, where the folder is not there.
    private static func templates() -> [(name: String, text: String)]? {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder = package.deletingLastPathComponent().appendingPathComponent("shared/corpus/templates")
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path), !names.isEmpty else {
            print("SKIPPED: there are no templates in \(folder.path)")
            return nil
        }
        return names.filter { $0.hasSuffix(".json") }.sorted().compactMap { name in
            (try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)).map { (name, $0) }
        }
    }
}
