"""Word lists for fictional residents: names as they are common in eastern Java, and trades."""

from __future__ import annotations

MALE = (
    "Suparman",
    "Slamet",
    "Bambang",
    "Sutrisno",
    "Hariyanto",
    "Mulyono",
    "Sugeng",
    "Imam",
    "Misnadi",
    "Samsul",
    "Rudi",
    "Agus",
    "Sunarto",
    "Jumadi",
    "Wahyu",
    "Fajar",
    "Ponidi",
    "Lukman",
)
FEMALE = (
    "Siti",
    "Sri",
    "Sumarni",
    "Wiwik",
    "Endang",
    "Lilik",
    "Nurul",
    "Sulastri",
    "Misnatun",
    "Yuliana",
    "Dewi",
    "Tutik",
    "Juwariyah",
    "Ningsih",
    "Ratna",
    "Mariyam",
    "Kusmiati",
    "Indah",
)
MALE_SECOND = (
    "Hadi",
    "Santoso",
    "Prayitno",
    "Wibowo",
    "Cahyono",
    "Setiawan",
    "Hidayat",
    "Purnomo",
    "Utomo",
    "Basuki",
    "Riyadi",
    "Widodo",
)
FEMALE_SECOND = (
    "Aminah",
    "Wahyuni",
    "Lestari",
    "Rahayu",
    "Handayani",
    "Utami",
    "Fatimah",
    "Astuti",
    "Kusuma",
    "Hasanah",
    "Puspita",
    "Winarsih",
)
BIRTHPLACES = ("Banyuwangi", "Banyuwangi", "Banyuwangi", "Banyuwangi", "Jember", "Situbondo")
TRADES = (
    "Petani/Pekebun",
    "Petani/Pekebun",
    "Pedagang",
    "Pedagang",
    "Wiraswasta",
    "Karyawan Swasta",
    "Buruh Tani/Perkebunan",
    "Tukang Kayu",
    "Guru",
    "Perawat",
)
FAITHS = ("Islam",) * 12 + ("Hindu", "Hindu", "Kristen", "Katolik", "Buddha")
HAMLETS = ("Dusun Contoh Krajan", "Dusun Contoh Sumberejo", "Dusun Contoh Kampung Baru")
"""No such hamlets exist: whoever reads the address sees that the resident is made up."""

PASSWORD_WORDS = ("kopi", "padi", "gandrung", "ijen", "kelapa", "bambu", "sawah", "jahe")
