"""Name lists: common names, and the pieces from which the rest are made.

Written for this project; no list of real people was used. Well-known names come first, the
commonest first; the length of each list is then made up with pieces (see name_stock.py).
"""

from __future__ import annotations

BRITISH, MUSLIM, HINDU, SIKH, AFRICAN, EUROPEAN, CHINESE, ARABIC = range(8)
GROUP_NAMES = ("british", "muslim", "hindu", "sikh", "african", "european", "chinese", "arabic")

SURNAMES = (
    """Smith Jones Taylor Williams Brown Davies Evans Wilson Thomas Johnson Roberts Robinson
    Thompson Wright Walker White Edwards Hughes Green Hall Lewis Harris Clarke Jackson Wood
    Turner Martin Cooper Hill Ward Morris Moore Clark Lee King Baker Harrison Morgan Allen
    James Scott Phillips Watson Davis Parker Price Bennett Young Griffiths Mitchell Kelly Cook
    Carter Richardson Bailey Collins Bell Shaw Murphy Miller Cox Richards Marshall Anderson
    Simpson Ellis Adams Singleton Rogers Foster Mills Chapman Webb Wilkinson Campbell Hunt
    Stevens Gray Graham Holmes Palmer Matthews Barker Pearson Lloyd Butler Powell Russell
    Gibson Fisher Barnes Knight Mason Rees Reynolds Fletcher Jenkins Owen Harvey Dixon Pearce
    Howard Andrews Murray Grant Ford O'Brien Lawrence Booth O'Connor McCarthy Saunders Walsh
    Burton Armstrong Hart Francis O'Neill Dean Watts Perry Bird Byrne Gallagher Doyle""",
    """Khan Hussain Ahmed Ali Begum Akhtar Miah Iqbal Malik Mahmood Shah Rahman Hassan Ahmad
    Chowdhury Uddin Islam Mirza Butt Aslam Rashid Sheikh Qureshi Siddiqui Rehman Javed Ashraf
    Hossain Choudhury Raja Bhatti Chaudhry Mohammed Khatun Bibi Yousaf Hussein Haque""",
    """Patel Shah Sharma Kumar Mistry Desai Parmar Joshi Mehta Gupta Chauhan Solanki Lad
    Bhatt Rao Nair Reddy Pillai Thakrar Vaghela""",
    """Singh Kaur Gill Dhillon Sandhu Sidhu Grewal Bains Johal Dhaliwal Sahota Virk Atwal""",
    """Okafor Mensah Adeyemi Osei Owusu Boateng Okonkwo Addo Adebayo Abdi Mohamed Asante Ncube
    Moyo Eze Balogun Appiah Kamara Sesay Diallo Tesfaye Bekele""",
    """Nowak Kowalski Wisniewski Kowalczyk Silva Costa Santos Ferreira Rossi Popescu Ionescu
    Petrov Ivanova Kaminski Lewandowski Georgiou Papadopoulos Yilmaz Kaya Muller Garcia""",
    """Chan Wong Li Chen Wang Lam Cheung Liu Zhang Ng Tang Ho Leung Tran Nguyen""",
    """Hassan Ibrahim Abdullah Mahmoud Haddad Saleh Karimi Hosseini Aziz Omar Yusuf Noori""",
)
SURNAME_PIECES = (
    (
        """Ash Ack Ald All Apple Arm Bal Ban Bar Bat Beck Bel Ben Bex Birk Black Blen Bow Brad
        Bran Bray Brom Brook Buck Bur Cal Can Car Chad Cham Chel Ches Clay Clif Cob Col Cop Cor
        Cott Cran Craw Crom Cul Dal Dar Den Dod Dor Dray Dun East Eck Eg El Elm Ever Fair Fal
        Far Fen Fern Flet Fox Frank Gar Gat Gil Gold Gos Grim Had Hal Ham Har Hat Haw Hay Haz
        Hep Hes Hey Hig Hil Hol Hop Hor Hur Ing Ken Kes Kil Kin Lam Lang Law Lin Lock Long Lud
        Mal Mar Mel Mer Mid Mor Nor Oak Old Os Pem Pen Pick Pres Rad Rams Red Rock Rod Ros Row
        Rud Sal Sand Sed Shel Sher Sib Stan Sten Stock Sut Tal Thorn Til Tun Up Wad Wal Wat
        Wel West Whit Wil Win Wool Yar""",
        """ton ley worth field wood man ford ham den by thwaite shaw wick well son burn cote
        more ridge gate stead croft land bridge bury combe dale house hurst low mere nall
        over pool rick royd side stone tree wall water way""",
    ),
    (
        "Ab Al Am An As Az Ba Be Da Fa Gha Ha Ib Ja Ka Kha Ma Mu Na Qa Ra Sa Sha Ta Wa Ya Za",
        "bid deem din far hani hid him jid kar lam lik mad mal man mir mud nir que rif sar zad",
    ),
    (
        "A Bha Cha Da De Ga Go Ha Ja Ka Ku La Ma Me Na Pa Pra Ra Sa Su Ta Tri Va Vi Ya",
        "dav dia gar hil jan kar kwana lal li lia man nani ni pati rani sara tel vala vedi",
    ),
    ("Ath Bad Ban Bhu Bu Cha Dha Dho Dul Gha Hu Ja Kah Lal Man Nij Pan Pu Ran Sam Thi Tu Var",
     "al ara dal dher er esar han i jer lar lon mal ota uria var wal"),
    (
        "A Ade Afo Aki Ama Ba Bo Chi Da Do E Fo Ga Ifi Ka Ki Ko Ma Mba Mu Nde Nka No O Oba Olu"
        " Oso Sa Ta Tu U Wa Ye Zu",
        "banjo beri bola buki dele diran enwa fori goke ji kure la lani mba ngo nu para rere"
        " sanya tola wale wusu yemi zie",
    ),
    (
        """Bar Bel Bor Cer Cos Dan Dob Dra Fer Gab Gor Gra Ian Jan Jas Kal Kar Kol Kra Kuz Laz
        Lis Maj Mar Mat Mil Mos Nik Pav Pet Pop Rad Rom Sad Sar Ser Sta Ste Tom Urb Var Vas
        Vol Woj Zaj Zie""",
        "ac asz chenko eanu ek escu ewicz iak ini ino inski is ko kus ov ova owska rez ski yan",
    ),
    ("Ba Bo Chi Chu Fa Fe Go Hu Jia Kwo Lo Lu Ma Pa Qi Sho Su Ti Wa Xi Ya Ye Zho Zhu",
     "i k m n ng o u"),
    (
        "Abd Ad Am As Az Ba Far Fay Gha Had Has Jab Kam Kar Lat Mah Man Mas Naj Nas Qas Rah Sad"
        " Sal Sham Tar Was Yaz Zak",
        "adi ami an ani ari ash at awi eh er i iri oun our zadeh",
    ),
)  # fmt: skip

BOYS = (
    """Thomas James Jack Daniel Matthew Ryan Joshua Luke Samuel Jordan Adam Michael Alexander
    Christopher Benjamin Joseph Liam Jake William Andrew George Lewis Oliver David Robert
    Jamie Nathan Connor Jonathan Harry Charlie Callum Kieran Ashley Aaron Edward Bradley Kyle
    John Scott Charles Nicholas Sean Rhys Mark Dominic Peter Dean Stephen Stuart Anthony
    Patrick Richard Simon Paul Steven Philip Martin Elliott Toby Max Reece Joe Curtis Craig
    Zachary Billy Alex Marcus Shane Gareth Louis Lee Henry Brandon Ross Gavin Declan Leon Jay
    Tyler Dylan Owen Robbie Gregory Ben Sam Conor Darren Josh Carl Ethan Timothy Karl Danny
    Stefan Ricky Neil Kevin Wayne Ian Gary Barry Keith Alan Brian Colin Graham Trevor Roger
    Raymond Dennis Kenneth Derek Terence Ronald Geoffrey Malcolm Roy Frank Leslie Norman
    Ernest Arthur Albert Stanley Reginald Harold Walter""",
    """Mohammed Muhammad Mohammad Ahmed Ali Hassan Hamza Ibrahim Usman Bilal Omar Imran Adil
    Haroon Yusuf Ismail Zain Umar Abdul Faisal Tariq Asim Kamran Nadeem Shahid Tahir""",
    "Rahul Amit Raj Nikhil Rohan Vikram Kishan Anand Dipesh Hiren Jay Mitesh Nilesh Sunil",
    "Gurpreet Harpreet Jaspreet Manpreet Amardeep Jaskaran Arjun Balraj Sukhdeep Gurdeep",
    "Emmanuel Kwame Samuel Tunde Kofi Chidi Femi Abdi Isaac Joel Tendai Yaw Sule Babatunde",
    "Jakub Mateusz Piotr Marco Luca Andrei Ivan Stefano Tomasz Pedro Nikola Emre Miguel",
    "Wei Jun Kevin Jason Ming Hao Chun Tin Ka Yi Siu",
    "Ahmad Hassan Karim Omid Reza Khalid Sami Amir Hadi Nabil Tarek Yasin",
)
BOY_PIECES = (
    ("""Al Ald Am An Ar Ash Av Bar Ben Ber Bran Bren Bro Cal Cam Car Cas Chan Clay Col Con Cor
    Cur Dal Dam Dan Dar Daw Del Den Der Des Dev Don Dor Dun Dyl Ed El Em Er Ev Fen Fer Fin
    Gar Gav Ger Gil Gor Har Hay Jar Jas Jen Jer Jor Kal Kel Ken Ker Kir Kol Lan Lar Lay Len
    Lor Mal Mar Mas Mel Mer Mor Nel Nor Or Per Ray Reg Ren Ri Rod Ron Ros Row Ry Sel Ser Shel
    Sher Sid Tal Tan Ter Tor Tre Ty Val Van Ver Vin Wal War Wes Wil""",
     "a ad den do don ell en ery ett fred in ius lan las lee len ley lin ron rick ris roy son"
     " ton vey vin vis well win won ward y"),
    ("A Aba Ada Ami As Ba Da Fa Gha Ha Ja Ka Kha Ma Mu Na Qa Ra Sa Sha Ta Wa Ya Za Zu",
     "bir d dir far him jid kar leem lman med mir ni qar rif sim yan zan"),
    ("A Ani Bha Che De Dha Ga Ha Hi Ja Ka Ku Ma Mi Na Ni Pa Pra Ra Ri Sa Su Ta Va Vi Ya",
     "esh jal kash ket man mit nav nay ndra pan raj ren shal shan tik van yan"),
    ("Aman Bal Dal Dil Gur Har In Jas Jag Kam Kul Man Nav Par Raj Ran Sat Sim Suk Taj",
     "bir deep der dev inder jit karan meet pal preet raj tej veer want"),
    ("A Ade Ba Bo Chi Da Do E Fe Ka Ke Ko Kwa Le Ma Mo Nna O Olu Se Ta Te Tu U Ya",
     "bari bi di fe ji jo ka kani la lu mba ndu ni ri si solu tan tunde we"),
    ("Ad Al An Bog Cos Da Dim Em Fe Fil Gab Iv Jan Kon Laz Mar Mat Mil Nik Ore Pav Rad Ser Ste"
     " Tom Vik Vla Zol",
     "an as ek en i il io is ko mir o or os slav to us vid"),
    ("Bo Chi Da Fu Guo Hai Ji Kai Le Lo Mi Pe Qi Sha Tao Xi Ya Zhe Zi", "an ang en i ng o u"),
    ("A Ba Da Fa Ha Ja Ka Ma Mu Na Ra Sa Sha Ta Wa Ya Za", "bil der dil fiq hir lid mir san zid"),
)  # fmt: skip

GIRLS = (
    """Rebecca Lauren Jessica Charlotte Hannah Sophie Amy Emily Laura Emma Chloe Sarah Lucy
    Katie Bethany Jade Megan Danielle Alice Abigail Olivia Georgia Holly Natalie Stephanie
    Rachel Samantha Elizabeth Victoria Eleanor Gemma Zoe Shannon Jennifer Ellie Nicole Hayley
    Grace Molly Kirsty Paige Leah Louise Anna Kayleigh Amber Melissa Natasha Kelly Jodie
    Alexandra Courtney Catherine Harriet Naomi Amelia Rosie Kimberley Ashleigh Kate Isabelle
    Michelle Kathryn Caitlin Lydia Gabrielle Maria Heather Heidi Leanne Robyn Toni Frances
    Christina Stacey Imogen Rhiannon Nicola Claire Helen Rachael Phoebe Sian Abbie Tara Kerry
    Donna Lisa Joanne Julie Susan Karen Jacqueline Deborah Tracey Jane Helena Diane Alison
    Angela Sandra Lorraine Gillian Linda Christine Margaret Patricia Carol Jean Barbara
    Pamela Janet Ann Maureen Sheila Valerie Joyce Dorothy Joan Doreen Brenda Irene Marion
    Betty Hilda Edith Winifred Gladys Kathleen Eileen Mary""",
    """Aisha Fatima Zainab Maryam Khadija Amina Sana Saima Sadia Nadia Hafsa Iqra Shabana
    Nasreen Rukhsana Farzana Shazia Tahira Rubina Yasmin Ayesha Samina""",
    "Priya Pooja Nisha Anjali Kavita Meera Hina Sonal Rupal Bhavini Jyoti Reena Sunita",
    "Simran Jasmeen Gurpreet Harpreet Manpreet Kiran Amandeep Navdeep Rajvinder Sukhjit",
    "Abena Grace Esther Blessing Fatou Amina Joy Mercy Ngozi Yetunde Ama Halima Tendai",
    "Anna Maria Agnieszka Elena Sofia Joanna Giulia Ana Katarzyna Ioana Ivana Beatriz",
    "Mei Ling Xin Yan Jing Hui Wai Suet Yuen Lan Thi",
    "Fatima Layla Noor Zahra Maryam Hala Rania Samira Leila Shirin Dina Salma",
)
GIRL_PIECES = (
    ("""Ab Ad Al Ali Am An Ann Ar Ash Aud Av Bec Bel Ber Bet Bri Cal Cam Car Cas Cat Cec Cel
    Chan Char Cher Chris Cla Cor Dan Dar Deb Del Den Des Di Dor Ed El Eli Em Er Est Ev Fay
    Fel Fen Fern Fran Gen Geor Gin Glor Gwen Han Har Hel Hen Il In Is Jan Jas Jen Jo Jos Jul
    Kar Kat Kay Ken Ker Kim Kris Lan Lar Lau Lav Len Les Lil Lin Lor Lou Luc Lyn Mad Mag Mar
    Mel Mer Mil Mir Mon Myr Nat Nel Nic Nor Or Pat Pen Phil Ros Row Rox Sal Sam Sel Sha Shel
    Shir Sim Sor Tam Tan Ter Tess Ther Tif Val Van Ver Viv Wen Yas Zel""",
     "a abel ana andra anne aret ayne ella elle elin ene ette ey ia ice ida ie ika ille ina"
     " ine inda ira is isa issa itta lyn ola ora otte ry sha sy una y"),
    ("A Ai Ami Ar Ba Bu Fa Fi Ha Hu Im Ja Ka Ki La Ma Mu Na Ni Ra Ru Sa Sha Su Ta Um Wa Za Zu",
     "bana bia biha da deela diya heen ifa ima isa jida leema mina niya ra reen sa shma zia"),
    ("A Aa An Bha Chan Da De Di Ga Ha He I Ja Ka Ki La Ma Mi Na Ni Pa Pra Ra Ri Sa Shi Su Ta"
     " Tri U Va Vi",
     "bha dha dita ksha lpa mini mita na nali nika rti sha shmi tal vani yanka"),
    ("Aman Bal Dal Dil Gur Har In Jas Jag Kam Kul Man Nav Par Raj Ran Sat Sim Suk Taj",
     "een bir deep dev jeet jit joat leen meet pal pinder preet roop want"),
    ("A Ade Ba Bo Chi Da E Efu Fa Fo Ka Ke Lo Ma Mo Nka Nne O Olu Se Ta Te To U Wa Ya",
     "bimpe biola chi deka diya funmi jumoke kemi lake luchi maka mide ndi nke ra seyi tola wa"),
    ("Ad Al Ale An Bea Bog Car Da Dor Ele Eva Fra Gab Ha Il Iv Jo Kar Lid Lu Mag Mal Mar Mil"
     " Mon Nat Ni Ol Pao Ro San Ser Sil Ste Te Va Ver Wik Zu",
     "a ana da ela ena essa eta ica ika ina iola ja ka la na nka ra sia ta tka za"),
    ("Bi Chu Fa Hai Hua Jia Kit Li Man Min Nga Pei Qi Shu Sze Tin Wen Xia Yi Zhi", "an en i n u"),
    ("A Ba Da Fa Ha Ja Ka La Ma Na No Ra Sa Sha Ta Wa Ya Za", "da hra ila ima isa la mira nia reh"),
)  # fmt: skip
