import Core
import Testing

@Suite struct DurationTextTests {
    @Test(arguments: [
        ("45s", 45), ("5m", 300), ("36h", 129_600), ("7d", 604_800), ("2w", 1_209_600), ("0d", 0), ("1d12h", 129_600),
        ("3d 4h", 273_600), ("1w 1d 1h 1m 1s", 694_861), ("007d", 604_800),
    ])
    func `a number with a unit is a duration`(text: String, seconds: Int) {
        #expect(DurationText.parse(text) == .seconds(seconds))
    }

    @Test(arguments: [
        "", " ", "7", "d", "7 d", " 7d", "7d ", "-7d", "+7d", "1.5h", "7D", "1M", "1y", "7d7d", "4h 3d", "7d 5", "٧d",
        "99999999999999999999d", "9223372036854775807w", "36501d", "7days", "PT72H", "1h\n",
    ])
    func `what is not surely a duration is none`(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test(arguments: [
        (0, "0s"), (59, "59s"), (90, "90s"), (5_400, "90m"), (129_600, "36h"), (1_209_600, "14d"), (-7_200, "-2h"),
    ])
    func `a duration is written with its largest whole unit`(seconds: Int, text: String) {
        #expect(DurationText.format(.seconds(seconds)) == text)
    }

    @Test func `what is written is read back`() {
        var random = SeededNames(seed: 7)
        for _ in 0..<2_000 {
            let duration = Duration.seconds(random.number(below: 3_000_000) * [1, 60, 3_600][random.number(below: 3)])
            guard duration <= DurationText.longest else { continue }
            #expect(DurationText.parse(DurationText.format(duration)) == duration)
        }
    }

    @Test(arguments: [
        (0, "0s"), (40, "40s"), (300, "5m"), (359, "5m"), (3_600, "1h"), (25_500, "7h 5m"), (273_600, "3d 4h"),
        (259_200, "3d"), (3_600_000, "41d"), (-300, "-5m"),
    ])
    func `an age is rounded down to what matters`(seconds: Int, text: String) {
        #expect(DurationText.age(.seconds(seconds)) == text)
    }
}
