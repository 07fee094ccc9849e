import Settings
import Testing

@Suite struct TombstoneEntryTests {
    @Test func `tombstones are kept as long as is said, 400 days where nothing is`() throws {
        #expect(try settings(oneAccount).keepTombstones == .seconds(400 * 86_400))
        #expect(try settings(oneAccount + "tombstones: { keep: 90d }\n").keepTombstones == .seconds(90 * 86_400))
    }

    @Test(arguments: ["{ keep: 29d }", "{ keep: 400 }", "{ keep: for ever }", "{}", "400d", "{ kept: 90d }"])
    func `less than 30 days, or no length of time, is refused`(entry: String) {
        #expect(!problems(inSettings: oneAccount + "tombstones: \(entry)\n").isEmpty)
    }
}
